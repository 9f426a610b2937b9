package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What subscribers are told of trades that are corrected and cancelled at another instance. */
class LiveAmendmentIT {
  private static final List<String> TIMEFRAMES = List.of("10s", "1m", "5m", "1h", "1d", "1M");
  private static final String INDICATORS = "sma(3),ema(4)";
  private static final long MINUTE = 60_000;

  private static LiveInstance writer;
  private static LiveInstance reader;

  private final String symbol = "A" + System.nanoTime();
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

  private static JsonObject trade(long ts, double price, Object id) {
    return new JsonObject().put("ts", ts).put("price", price).put("size", 0.1).put("id", id);
  }

  private static JsonObject cancel(long ts, Object id) {
    return new JsonObject().put("ts", ts).put("id", id).put("action", "cancel");
  }

  private void post(JsonObject... rows) {
    writer.post("trades", symbol, new JsonArray(List.of(rows)));
  }

  @Test
  void tellsACorrectionAsTheWholeTradeAndACancelByTimeAndId() {
    long ts = System.currentTimeMillis() - 90 * MINUTE;
    post(trade(ts, 5, 1), trade(ts, 6, "b"));
    client.subscribe(1, "trades", symbol, "");
    client.subscribe(2, "candles", symbol, ",\"timeframe\":\"1m\"");
    post(trade(ts, 7, 1).put("action", "correct"), cancel(ts, "b"));
    client.await(message -> has(message, 1, row -> "cancel".equals(row.getString("action"))));
    List<JsonObject> rows = client.rows(1);
    assertThat(rows.get(2).encode())
        .isEqualTo(
            """
            {"ts":%d,"price":7,"size":0.1,"side":null,"id":1,"flags":[],"action":"correct"}\
            """
                .formatted(ts));
    assertThat(rows.get(3).encode())
        .isEqualTo("{\"ts\":%d,\"id\":\"b\",\"action\":\"cancel\"}".formatted(ts));
    post(cancel(ts, 1));
    client.await(message -> has(message, 2, row -> row.getBoolean("filled", false)));
    JsonObject gone = client.candle(2, ts - ts % MINUTE);
    assertThat(gone.getValue("open")).isNull();
    assertThat(gone.getBoolean("closed")).isTrue();
    assertThat(reader.candles(symbol, "1m", 0)).isEmpty();
  }

  private static boolean has(
      JsonObject message, long id, java.util.function.Predicate<JsonObject> which) {
    return message.getLong("id", -1L) == id
        && message.containsKey("rows")
        && message.getJsonArray("rows").stream().map(JsonObject.class::cast).anyMatch(which);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void snapshotAndUpdatesEqualTheQueriesWhateverIsAmended(long seed) throws Exception {
    Random random = new Random(seed);
    List<JsonObject> known = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      write(random, known);
    }
    long from = System.currentTimeMillis() - TimeUnit.DAYS.toMillis(3);
    for (int i = 0; i < TIMEFRAMES.size(); i++) {
      String more = ",\"timeframe\":\"" + TIMEFRAMES.get(i) + "\",\"from\":" + from;
      client.subscribe(i, "candles", symbol, more);
    }
    String indicators =
        ",\"timeframe\":\"1m\",\"indicators\":\"" + INDICATORS + "\",\"from\":" + from;
    client.subscribe(101, "indicators", symbol, indicators);
    client.subscribe(100, "trades", symbol, ",\"from\":" + from);
    for (int i = 0; i < 90; i++) {
      write(random, known);
      if (i % 30 == 29) {
        assertEqualsQueries(from);
      }
    }
  }

  /** New trades, late ones too, trades sent again, corrections and cancels. */
  private void write(Random random, List<JsonObject> known) {
    int what = known.isEmpty() ? 0 : random.nextInt(5);
    JsonObject old = known.isEmpty() ? new JsonObject() : known.get(random.nextInt(known.size()));
    if (what <= 1) {
      long late = random.nextInt(3) == 0 ? random.nextLong(2 * 86_400_000L) : random.nextInt(2_000);
      Object id = random.nextBoolean() ? "t" + random.nextInt() : (Object) random.nextInt(1 << 20);
      JsonObject row = trade(System.currentTimeMillis() - late, random.nextInt(1_000), id);
      known.add(row);
      post(row);
    } else if (what == 2) {
      post(old);
    } else if (what == 3) {
      post(
          old.copy().put("price", random.nextInt(1_000)).put("action", "correct"),
          random.nextBoolean() ? old : cancel(old.getLong("ts"), old.getValue("id")));
    } else {
      post(cancel(old.getLong("ts"), old.getValue("id")));
    }
  }

  private void assertEqualsQueries(long from) throws InterruptedException {
    LiveClient.awaitEqual(this::told, () -> asked(from));
  }

  private Map<String, Object> told() {
    Map<String, Object> told = new TreeMap<>();
    for (int i = 0; i < TIMEFRAMES.size(); i++) {
      Map<Long, JsonObject> state = client.state(i);
      state.values().removeIf(row -> row.getBoolean("filled", false));
      told.put(TIMEFRAMES.get(i), state);
    }
    Map<Long, JsonObject> indicators = client.state(101);
    indicators.values().removeIf(row -> row.getValue("close") == null);
    told.put("indicators", indicators);
    told.put("trades", trades(client.rows(100)));
    return told;
  }

  private Map<String, Object> asked(long from) {
    Map<String, Object> asked = new TreeMap<>();
    for (String timeframe : TIMEFRAMES) {
      asked.put(timeframe, reader.candles(symbol, timeframe, from));
    }
    asked.put("indicators", reader.indicators(symbol, "1m", INDICATORS, from));
    String path = "/v1/trades?venue=test&limit=10000&symbol=" + symbol + "&from=" + from;
    asked.put(
        "trades",
        trades(
            reader.request("GET", path, "").getJsonArray("trades").stream()
                .map(JsonObject.class::cast)
                .toList()));
    return asked;
  }

  /** Of a ts and id the last row counts. */
  private static Map<String, JsonObject> trades(List<JsonObject> rows) {
    Map<String, JsonObject> trades = new TreeMap<>();
    for (JsonObject row : rows) {
      String key = row.getLong("ts") + " " + row.getValue("id");
      if ("cancel".equals(row.getString("action"))) {
        trades.remove(key);
      } else {
        JsonObject trade = row.copy();
        trade.remove("action");
        trades.put(key, trade);
      }
    }
    return trades;
  }
}
