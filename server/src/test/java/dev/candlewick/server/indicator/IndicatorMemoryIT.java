package dev.candlewick.server.indicator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.memory.Memory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What requests for indicators leave in memory. */
class IndicatorMemoryIT {
  private static final int REQUESTS = 50;
  private static final int CANDLES = 4_000;
  private static final long START = 1_704_067_200_000L;

  /** A reading that nobody ends collects every later change of its instrument. */
  @Test
  void aRequestThatIsRefusedWhileItIsAnsweredLeavesNoReadingBehind() throws JMException {
    try (RunningServer server = RunningServer.with(Map.of())) {
      JsonArray rows = new JsonArray();
      for (int i = 0; i < CANDLES; i++) {
        rows.add(
            new JsonObject(
                "{\"ts\":%d,\"open\":1,\"high\":2,\"low\":1,\"close\":%d,\"volume\":1}"
                    .formatted(START + i * 60_000L, 1 + i % 2)));
      }
      JsonObject body =
          new JsonObject()
              .put("venue", "v")
              .put("symbol", "MUCH")
              .put("timeframe", "1m")
              .put("rows", rows);
      server.send("POST", "/v1/candles", body.encode(), "Content-Type", "application/json");
      String many =
          IntStream.range(0, 50)
              .mapToObj(i -> "wma(" + (1_000 - i) + ")")
              .collect(Collectors.joining(","));
      for (int i = 0; i < REQUESTS; i++) {
        String query =
            "/v1/indicators?venue=v&symbol=MUCH&timeframe=1m&limit=10000&from=%d&indicators=%s"
                .formatted(START + i * 60_000L, many);
        HttpResponse<String> answer = server.send("GET", query, "");
        assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("too much to compute");
      }
      assertThat(instances(Memory.Reading.class)).isLessThan(REQUESTS / 2);
    }
  }

  /** How many can be reached, by the JVM's own count after a collection. */
  private static long instances(Class<?> type) throws JMException {
    Object histogram =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    return histogram
        .toString()
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length > 3 && words[3].equals(type.getName()))
        .mapToLong(words -> Long.parseLong(words[1]))
        .sum();
  }
}
