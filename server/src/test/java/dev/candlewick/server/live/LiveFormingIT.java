package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Candles that many trades a second go into, written at two instances at once. */
class LiveFormingIT {
  private static final long MINUTE = 60_000;
  private static final List<String> TIMEFRAMES = List.of("30s", "1m", "5m");

  private static LiveInstance writer;
  private static LiveInstance reader;

  private final String symbol = "F" + System.nanoTime();
  private final List<JsonObject> known = new ArrayList<>();
  private LiveClient client;

  @BeforeAll
  static void start() {
    writer = new LiveInstance(LiveLimits.DEFAULT);
    reader = new LiveInstance(LiveLimits.DEFAULT);
  }

  @AfterAll
  static void stop() {
    writer.close();
    reader.close();
  }

  @BeforeEach
  void connect() {
    client = new LiveClient(reader);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @RepeatedTest(3)
  void areWhatTheQueryAnswersWhateverComesIn(RepetitionInfo repetition) throws Exception {
    Random random = new Random(repetition.getCurrentRepetition());
    long from = System.currentTimeMillis() - 2 * MINUTE;
    write(random, 300);
    for (int i = 0; i < TIMEFRAMES.size(); i++) {
      String more = ",\"timeframe\":\"" + TIMEFRAMES.get(i) + "\",\"from\":" + from;
      client.subscribe(i, "candles", symbol, more);
    }
    for (int i = 0; i < 30; i++) {
      write(random, 10 + random.nextInt(100));
      if (i % 10 == 9) {
        client.awaitCandles(reader, symbol, TIMEFRAMES, from);
      }
    }
    assertThatNoneWentBack();
    if (repetition.getCurrentRepetition() > 1) {
      amend(random, known.get(random.nextInt(known.size())));
    } else {
      venueCandle();
    }
    write(random, 40);
    client.awaitCandles(reader, symbol, TIMEFRAMES, from);
  }

  /** As many trades of this moment, half of them at either instance. */
  private void write(Random random, int count) {
    JsonArray here = new JsonArray();
    JsonArray there = new JsonArray();
    for (int i = 0; i < count; i++) {
      JsonObject trade = trade(random);
      known.add(trade);
      (random.nextBoolean() ? here : there).add(trade);
    }
    CompletableFuture<?> both =
        CompletableFuture.allOf(
            CompletableFuture.runAsync(() -> post(writer, here)),
            CompletableFuture.runAsync(() -> post(reader, there)));
    both.join();
  }

  private void post(LiveInstance instance, JsonArray rows) {
    if (!rows.isEmpty()) {
      instance.post("trades", symbol, rows);
    }
  }

  /** Many at the same time, with every sort of id, side and flag. */
  private static JsonObject trade(Random random) {
    long ts = System.currentTimeMillis() - random.nextInt(3);
    JsonObject trade =
        new JsonObject()
            .put("ts", ts)
            .put("price", random.nextInt(100_000) / 100.0)
            .put("size", random.nextInt(1_000) / 1_000.0);
    switch (random.nextInt(4)) {
      case 0 -> trade.put("id", random.nextInt(1 << 30));
      case 1 -> trade.put("id", "t" + random.nextLong());
      case 2 -> trade.put("id", Long.toUnsignedString(random.nextLong() | Long.MIN_VALUE));
      default -> trade.put("id", Long.toString(random.nextInt(1 << 30)));
    }
    if (random.nextInt(8) > 0) {
      trade.put("side", random.nextBoolean() ? "buy" : "sell");
    }
    if (random.nextInt(10) == 0) {
      trade.put("flags", new JsonArray().add(random.nextBoolean() ? "no_price" : "no_volume"));
    }
    return trade;
  }

  private void amend(Random random, JsonObject old) {
    JsonObject change =
        random.nextBoolean()
            ? old.copy().put("action", "correct").put("price", 2_000 + random.nextInt(1_000))
            : new JsonObject()
                .put("ts", old.getLong("ts"))
                .put("id", old.getValue("id"))
                .put("action", "cancel");
    writer.post("trades", symbol, new JsonArray().add(change));
  }

  private void venueCandle() {
    long ts = System.currentTimeMillis() / MINUTE * MINUTE;
    JsonObject candle =
        new JsonObject().put("ts", ts).put("timeframe", "1m").put("closed", true).put("volume", 1);
    List.of("open", "high", "low", "close").forEach(price -> candle.put(price, 5));
    writer.post("candles", symbol, new JsonArray().add(candle));
  }

  /** With new trades only, each state of a candle has those of the one before. */
  private void assertThatNoneWentBack() {
    for (int i = 0; i < TIMEFRAMES.size(); i++) {
      Map<Long, Long> trades = new HashMap<>();
      for (JsonObject row : client.rows(i)) {
        Long before = trades.put(row.getLong("ts"), row.getLong("trades"));
        assertThat(row.getLong("trades")).isGreaterThanOrEqualTo(before == null ? 0 : before);
      }
    }
  }
}
