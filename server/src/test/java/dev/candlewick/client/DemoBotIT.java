package dev.candlewick.client;

import static dev.candlewick.server.ServerProcess.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo's bot on a market whose past is still being loaded when it starts. */
class DemoBotIT {
  private static final long MINUTE = 60_000;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @BeforeEach
  void empty() {
    TestDatabase.shared().clear();
  }

  @Test
  void reportsAPositionThatIsOpenNowAndNoneOfThePast() {
    long now = System.currentTimeMillis() / MINUTE;
    long entered = (now - 40) / 17 * 17;
    try (RunningServer server = RunningServer.with(Map.of())) {
      load(server, entered - 20, entered + 3);
      try (DemoBot bot = DemoBot.start(URI.create(server.url()), null)) {
        await("a second turn", PATIENCE, () -> turns(server) >= 2);
        load(server, entered + 4, System.currentTimeMillis() / MINUTE);
        await(
            "a report",
            PATIENCE,
            () -> answer(server, "/v1/records/bots").contains("demo-momentum"));
      }
      String positions = answer(server, "/v1/records/positions?limit=1000");
      assertThat(positions).contains("\"P-" + entered / 17 + "\"", "\"closed\"");
      assertThat(answer(server, "/v1/audit"))
          .contains("\"positions_state_machine\"")
          .doesNotContain("\"fail\"");
    }
  }

  /** How often the bot has read the candles. */
  private static double turns(RunningServer server) {
    return answer(server, "/metrics")
        .lines()
        .filter(line -> line.startsWith("candlewick_http_request_duration_seconds_count"))
        .filter(line -> line.contains("\"/v1/candles\"") && line.contains("\"2xx\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String answer(RunningServer server, String path) {
    return server.send("GET", path, "").body();
  }

  /** The minutes from one to another, both included, epoch minutes. */
  private static void load(RunningServer server, long from, long to) {
    String rows =
        LongStream.rangeClosed(from, to)
            .mapToObj(DemoBotIT::candle)
            .collect(Collectors.joining(","));
    String body =
        "{\"venue\":\"demo\",\"symbol\":\"BTC-USD\",\"timeframe\":\"1m\",\"rows\":[" + rows + "]}";
    String answer =
        server.send("POST", "/v1/candles", body, "Content-Type", "application/json").body();
    assertThat(answer).contains("\"rejected\":[]");
  }

  private static String candle(long minute) {
    double price = 60_000 + minute % 1_000 * 0.3;
    return "{\"ts\":%d,\"open\":%2$s,\"high\":%2$s,\"low\":%2$s,\"close\":%2$s,\"volume\":1}"
        .formatted(minute * MINUTE, price);
  }
}
