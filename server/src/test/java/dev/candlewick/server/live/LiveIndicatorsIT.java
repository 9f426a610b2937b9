package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
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

/** The channel {@code indicators} against {@code GET /v1/indicators}. */
class LiveIndicatorsIT {
  private static final Map<String, String> SETS =
      Map.of(
          "1s", "ema(3),rsi(2),obv,psar",
          "1m", "rsi(14),macd,adx(5),vwap,stochrsi,supertrend,ad",
          "5m", "sma(3),bbands(5,2),ema(4,high)",
          "1h", "atr(3),return");

  private static LiveInstance instance;
  private static int symbols;

  private final String symbol = "I" + System.nanoTime() + "-" + symbols++;
  private LiveClient client;

  @BeforeAll
  static void start() {
    instance = new LiveInstance(LiveLimits.DEFAULT);
  }

  @AfterAll
  static void stop() {
    instance.close();
  }

  @BeforeEach
  void connect() {
    client = new LiveClient(instance);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private void post(List<JsonObject> trades) {
    instance.post("trades", symbol, new JsonArray(trades));
  }

  private static JsonObject trade(Random random, long ts) {
    return new JsonObject()
        .put("ts", ts)
        .put("price", 100 + random.nextInt(1_000) / 100.0)
        .put("size", 1 + random.nextInt(9))
        .put("id", random.nextLong(1L << 40));
  }

  /** Late by a moment, by minutes, by hours; or of now. */
  private static JsonObject anyTrade(Random random) {
    long[] late = {0, 1_500, 600_000, 86_400_000};
    return trade(random, System.currentTimeMillis() - random.nextLong(1 + late[random.nextInt(4)]));
  }

  private void subscribe(String more) {
    long id = 0;
    for (Map.Entry<String, String> set : new TreeMap<>(SETS).entrySet()) {
      client.subscribe(
          id++,
          "indicators",
          symbol,
          ",\"timeframe\":\"%s\",\"indicators\":\"%s\"%s"
              .formatted(set.getKey(), set.getValue(), more));
    }
  }

  /** What was told, from each subscription's first row on, equals what the query answers. */
  private void assertEqualsQuery() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    Map<String, Object> told;
    Map<String, Object> asked;
    do {
      Thread.sleep(100);
      told = new TreeMap<>();
      asked = new TreeMap<>();
      long id = 0;
      for (Map.Entry<String, String> set : new TreeMap<>(SETS).entrySet()) {
        TreeMap<Long, JsonObject> state = new TreeMap<>(client.state(id++));
        told.put(set.getKey(), state);
        asked.put(
            set.getKey(),
            instance.indicators(symbol, set.getKey(), set.getValue(), state.firstKey()));
      }
    } while (!told.equals(asked) && System.nanoTime() < deadline);
    assertThat(told).isEqualTo(asked);
  }

  @Test
  void whatIsToldEqualsTheQueryLateTradesIncluded() throws Exception {
    Random random = new Random(1);
    List<JsonObject> before = new ArrayList<>();
    long now = System.currentTimeMillis();
    for (int i = 0; i < 3_000; i++) {
      before.add(trade(random, now - random.nextLong(Duration.ofDays(1).toMillis())));
    }
    post(before);
    subscribe(",\"last\":300");
    for (int i = 0; i < 60; i++) {
      post(List.of(anyTrade(random), trade(random, System.currentTimeMillis())));
      if (i % 20 == 19) {
        assertEqualsQuery();
      }
    }
  }

  @Test
  void aSubscriptionFromATimeBeginsThereWithWhatCameBefore() throws Exception {
    Random random = new Random(2);
    List<JsonObject> before = new ArrayList<>();
    long now = System.currentTimeMillis();
    for (int i = 0; i < 2_000; i++) {
      before.add(trade(random, now - i * 20_000L));
    }
    post(before);
    subscribe(",\"from\":" + (now - 3_600_000));
    assertThat(client.state(0))
        .allSatisfy((ts, row) -> assertThat(ts).isGreaterThan(now - 7_200_000));
    assertEqualsQuery();
    post(List.of(trade(random, now - 1_800_000), trade(random, System.currentTimeMillis())));
    assertEqualsQuery();
  }

  @Test
  void takesAListToo() {
    post(List.of(trade(new Random(4), System.currentTimeMillis())));
    client.subscribe(
        1,
        "indicators",
        symbol,
        ",\"timeframe\":\"1m\",\"indicators\":[\"rsi(14)\",\"macd(12,26,9)\"]");
    assertThat(client.rows(1).get(0).fieldNames()).contains("rsi(14)", "macd(12,26,9).signal");
  }

  @Test
  void refusesWhatIsNoIndicatorAndIndicatorsOfOtherChannels() {
    post(List.of(trade(new Random(3), System.currentTimeMillis())));
    client.ask(1, "indicators", symbol, ",\"timeframe\":\"1m\",\"indicators\":\"foo\"");
    client.ask(2, "indicators", symbol, ",\"timeframe\":\"1m\"");
    client.ask(3, "candles", symbol, ",\"timeframe\":\"1m\",\"indicators\":\"rsi\"");
    refused(1, "unknown indicator");
    refused(2, "indicators: is required");
    refused(3, "is for the channel indicators");
  }

  private void refused(long id, String detail) {
    JsonObject error =
        client.await(
            message -> message.getString("t").equals("error") && message.getLong("id") == id);
    assertThat(error.getString("code")).isEqualTo("bad_parameter");
    assertThat(error.getString("detail")).contains(detail);
  }
}
