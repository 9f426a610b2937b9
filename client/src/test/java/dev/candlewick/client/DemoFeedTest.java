package dev.candlewick.client;

import static dev.candlewick.client.FakeIngestServer.pause;
import static dev.candlewick.client.FakeIngestServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemoFeedTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeIngestServer server = new FakeIngestServer();

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.violations).isEmpty();
  }

  @Test
  void fillsTheTimeBeforeItsStartAndGoesOn() throws Exception {
    long startMs = System.currentTimeMillis();
    runUntil(() -> lastMs() > startMs + 500);

    List<JsonObject> trades = rows("trades", 0);
    assertThat(trades.get(0).getLong("ts") / 1_000_000)
        .isBetween(startMs - HOUR.toMillis() - 5_000, startMs - HOUR.toMillis() + 5_000);
    assertThat(trades).hasSizeBetween(35_000, 37_000);
    assertThat(rows("quotes", 0))
        .isNotEmpty()
        .allMatch(q -> q.getLong("ts") / 1_000_000 >= startMs);
  }

  @Test
  void sendsNothingThatHasNotHappenedYet() throws Exception {
    runUntil(() -> rows("quotes", 0).size() > 10);

    long now = System.currentTimeMillis();
    assertThat(rows("trades", 0)).allMatch(trade -> trade.getLong("ts") / 1_000_000 <= now);
  }

  @Test
  void startedAgainSendsTheSameTradesAndNoQuoteTwice() throws Exception {
    runUntil(() -> rows("quotes", 0).size() > 5);
    int firstRun = server.committed.size();
    pause(1_500);
    runUntil(() -> rows("quotes", firstRun).size() > 5);

    Map<String, JsonObject> byId = new HashMap<>();
    for (JsonObject trade : rows("trades", 0)) {
      JsonObject before = byId.put(trade.getString("symbol") + " " + trade.getLong("id"), trade);
      assertThat(before).isIn(null, trade);
    }
    assertThat(idsOf(byId, "BTC-USD"))
        .isEqualTo(contiguous(idsOf(byId, "BTC-USD")))
        .hasSizeGreaterThan(10_000);
    assertThat(rows("quotes", 0).stream().distinct()).hasSameSizeAs(rows("quotes", 0));
  }

  @Test
  void waitsWhileTheServerIsBusyAndCatchesUp() throws Exception {
    server.commitsAtOnce = false;
    server.inflightMessages = 4;
    SimulatedMarket market = new SimulatedMarket(1, 10);
    DemoFeed feed = DemoFeed.start(server.uri(), null, market, HOUR);
    until(() -> server.inFlight() == 4);
    pause(300);
    assertThat(server.inFlight()).isEqualTo(4);
    server.commit(4);
    until(() -> server.inFlight() == 4);
    server.commitsAtOnce = true;
    server.commit(4);
    until(() -> !rows("quotes", 0).isEmpty());
    feed.close();
  }

  private void runUntil(java.util.function.BooleanSupplier condition) throws Exception {
    SimulatedMarket market = new SimulatedMarket(1, 10);
    try (DemoFeed feed = DemoFeed.start(server.uri(), null, market, HOUR)) {
      assertThat(feed).isNotNull();
      until(condition);
    }
  }

  private long lastMs() {
    List<JsonObject> trades = rows("trades", Math.max(0, server.committed.size() - 8));
    return trades.stream().mapToLong(row -> row.getLong("ts") / 1_000_000).max().orElse(0);
  }

  /** Rows of that kind in committed messages, from the one with that index on. */
  private List<JsonObject> rows(String type, int from) {
    List<JsonObject> rows = new ArrayList<>();
    List<String> frames = List.copyOf(server.committed);
    for (String frame : frames.subList(from, frames.size())) {
      if (frame.startsWith("{\"t\":\"" + type)) {
        JsonObject message = new JsonObject(frame);
        message
            .getJsonArray("rows")
            .forEach(
                row -> rows.add(((JsonObject) row).put("symbol", message.getString("symbol"))));
      }
    }
    return rows;
  }

  private static List<Long> idsOf(Map<String, JsonObject> trades, String symbol) {
    return trades.values().stream()
        .filter(trade -> trade.getString("symbol").equals(symbol))
        .map(trade -> trade.getLong("id"))
        .sorted()
        .toList();
  }

  private static List<Long> contiguous(List<Long> ids) {
    return IntStream.range(0, ids.size()).mapToObj(i -> ids.get(0) + i).toList();
  }
}
