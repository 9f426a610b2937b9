package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.candlewick.Timeframe;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.candle.RawMarket.Trade;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Candles stay when what they were made of is dropped, whatever the server missed before. */
class CandleRetentionIT {
  private static final int HOUR = 3_600;
  private static final int DAY = 86_400;

  /** In days, each level for less than the one above it. */
  private static final Map<String, Integer> KEPT =
      Map.of(
          "TRADES",
          1,
          "CANDLES_1M",
          10,
          "CANDLES_5M",
          60,
          "CANDLES_15M",
          150,
          "CANDLES_1H",
          400,
          "CANDLES_4H",
          800);

  /** How old, in days, a row may be at most: until its chunk is older than is kept. */
  private static final Map<String, Integer> GONE =
      Map.of(
          "trades",
          3,
          "candles_1m",
          25,
          "candles_5m",
          140,
          "candles_15m",
          230,
          "candles_1h",
          590,
          "candles_4h",
          990);

  private static final String MATERIALISED =
      """
      select format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
      from timescaledb_information.continuous_aggregates where view_name = 'candles_5m'
      """;

  private final TestDatabase database = TestDatabase.empty();
  private final long now = Instant.now().getEpochSecond();
  private final RawMarket market = new RawMarket(5, now);

  @Test
  void candlesOutliveWhatTheyWereMadeOf() throws Exception {
    try (Connection leader = database.connect();
        Statement lead = leader.createStatement();
        RunningServer server = server(Map.of())) {
      // Somebody else leads the roll-up, and does nothing: all marks are left.
      lead.execute("select pg_advisory_lock(740101)");
      post(server, market.tradeLate(200, HOUR, 20 * HOUR));
      for (int days : List.of(2, 4, 8, 20, 30, 55, 120, 145, 300, 390, 600, 790, 1_500)) {
        post(server, market.tradeLate(40, days * DAY, days * DAY + 8 * HOUR));
      }
    }
    // Some of it was rolled up while it was young, and then nobody refreshed for weeks.
    new HandWrittenWrites(database, 1)
        .rollUp("bucket < now() - interval '3 days' and extract(minute from bucket)::int % 2 = 0");
    database.execute("delete from ingest.dirty where level = 300");
    for (int restart = 0; restart < 2; restart++) {
      try (RunningServer server = server(KEPT)) {
        awaitMetric(server, "candlewick_retention_last_run_timestamp_seconds 0.0");
        GONE.forEach(
            (relation, days) ->
                assertThat(oldest(relation)).as(relation).isGreaterThan(now - days * DAY));
        assertCandles(server);
        post(server, market.tradeLate(20, HOUR, 20 * HOUR));
        assertCandles(server);
      }
    }
  }

  @Test
  void aRefreshThatMeetsAnotherIsDoneLater() throws Exception {
    try (RunningServer server = server(Map.of());
        Connection other = database.connect();
        Statement busy = other.createStatement()) {
      assumeThat(database.text("select edition from ingest.edition")).isEqualTo("community");
      other.setAutoCommit(false);
      String materialised = database.text(MATERIALISED);
      busy.execute("lock table " + materialised + " in exclusive mode");
      post(server, market.tradeLate(50, 4 * HOUR, 20 * HOUR));
      // Told when the pass is over: the refresh behind it has given up then.
      awaitMetric(server, "candlewick_rollup_candles_total 0.0");
      assertCandles(server);
      assertThat(database.number("select count(*) from ingest.dirty")).isPositive();
      other.rollback();
      long giveUp = System.nanoTime() + 30_000_000_000L;
      while (database.number("select count(*) from ingest.dirty") > 0) {
        assertThat(System.nanoTime()).isLessThan(giveUp);
        Thread.sleep(50);
      }
      assertCandles(server);
      assertThat(server.send("GET", "/metrics", "").body())
          .contains("candlewick_rollup_failures_total 0.0");
    }
  }

  private RunningServer server(Map<String, Integer> kept) {
    Map<String, String> settings = new HashMap<>();
    settings.put("DB_URL", database.url());
    kept.forEach((of, days) -> settings.put("RETENTION_" + of, days + "d"));
    return RunningServer.with(settings);
  }

  /** Waits until a metric has no longer this value. */
  private static void awaitMetric(RunningServer server, String value) throws InterruptedException {
    long giveUp = System.nanoTime() + 30_000_000_000L;
    while (server.send("GET", "/metrics", "").body().contains(value)) {
      assertThat(System.nanoTime()).isLessThan(giveUp);
      Thread.sleep(50);
    }
  }

  private long oldest(String relation) {
    return database.number("select extract(epoch from min(ts))::int8 from market." + relation);
  }

  private void assertCandles(RunningServer server) {
    Oracle oracle = new Oracle(market, now);
    for (String text : List.of("1m", "5m", "15m", "1h", "4h", "12h", "1d", "1w", "1M")) {
      Timeframe timeframe = Timeframe.parse(text).orElseThrow();
      String level = Level.of(timeframe, Buckets.utc(timeframe)).relation().substring(15);
      long from = now - KEPT.getOrDefault("CANDLES_" + level.toUpperCase(Locale.ROOT), 2_000) * DAY;
      Map<Long, String> expected = new TreeMap<>();
      for (Candle candle : oracle.candles(timeframe, Buckets.utc(timeframe), Source.AUTO)) {
        if (candle.ts() >= from) {
          expected.put(candle.ts(), numbers(candle));
        }
      }
      Map<Long, String> read = candles(server, text, from);
      assertThat(read).as(text).isNotEmpty().containsExactlyEntriesOf(expected);
    }
  }

  private static Map<Long, String> candles(RunningServer server, String timeframe, long from) {
    String path =
        "/v1/candles?venue=v&symbol=s&limit=10000&timeframe=%s&from=%d&unit=s"
            .formatted(timeframe, from);
    JsonObject page = new JsonObject(server.send("GET", path, "").body());
    assertThat(page.getString("next_cursor", "none")).isNull();
    Map<Long, String> candles = new TreeMap<>();
    for (Object row : page.getJsonArray("candles")) {
      JsonObject c = (JsonObject) row;
      candles.put(
          c.getLong("ts"),
          "%s %s %s %s %s %s"
              .formatted(
                  c.getDouble("open"),
                  c.getDouble("high"),
                  c.getDouble("low"),
                  c.getDouble("close"),
                  c.getDouble("volume"),
                  c.getLong("trades")));
    }
    return candles;
  }

  private static String numbers(Candle c) {
    return "%s %s %s %s %s %s"
        .formatted(c.open(), c.high(), c.low(), c.close(), c.volume(), c.trades());
  }

  private static void post(RunningServer server, List<Trade> trades) {
    JsonArray rows = new JsonArray();
    for (Trade trade : trades) {
      JsonArray flags = new JsonArray();
      if (!trade.counts(1)) {
        flags.add("no_price");
      }
      if (!trade.counts(2)) {
        flags.add("no_volume");
      }
      rows.add(
          new JsonObject()
              .put("ts", trade.micros())
              .put("id", trade.id())
              .put("price", text(trade.price()))
              .put("size", text(trade.size()))
              .put("side", trade.side() == 0 ? null : trade.side() == 1 ? "buy" : "sell")
              .put("flags", flags));
    }
    JsonObject body = new JsonObject().put("venue", "v").put("symbol", "s").put("unit", "us");
    String answer =
        server
            .send(
                "POST",
                "/v1/trades",
                body.put("rows", rows).encode(),
                "Content-Type",
                "application/json")
            .body();
    assertThat(answer).contains("\"ack\":\"committed\"");
  }

  private static String text(BigDecimal number) {
    return number.toPlainString();
  }
}
