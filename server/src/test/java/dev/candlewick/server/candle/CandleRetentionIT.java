package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  private static final String LONG_AGO = "&limit=10000&from=2000-01-01T00:00:00Z";

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
      new MarketOverHttp(server, "s").trades(market.tradeLate(200, HOUR, 20 * HOUR));
      for (int days : List.of(2, 4, 8, 20, 30, 55, 120, 145, 300, 390, 600, 790, 1_500)) {
        new MarketOverHttp(server, "s")
            .trades(market.tradeLate(40, days * DAY, days * DAY + 8 * HOUR));
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
        new MarketOverHttp(server, "s").trades(market.tradeLate(20, HOUR, 20 * HOUR));
        assertCandles(server);
      }
    }
  }

  /** A server that has just been started keeps little, and its user has years of history. */
  @Test
  void whereNothingWasDroppedHistoryIsThereOnceMoreIsKept() throws Exception {
    runRetention();
    try (RunningServer server = server(Map.of())) {
      assertHistoryIsThere(server, "h", 30);
    }
  }

  @Test
  void historyThatComesForWhatWasDroppedIsThereOnceMoreIsKept() throws Exception {
    try (RunningServer server = server(Map.of())) {
      // What is newer, so that the longer candles of what is older are stored.
      new MarketOverHttp(server, "new").trades(market.tradeLate(40, 4 * DAY, 5 * DAY));
      awaitNoMark();
      assertHistoryIsThere(server, "h", 30);
    }
    runRetention();
    assertThat(oldest("candles_1m")).isGreaterThan(now - 25 * DAY);
    for (int days : List.of(40, 60)) {
      try (RunningServer server = server(Map.of())) {
        assertHistoryIsThere(server, "h" + days, days);
      }
    }
    runRetention();
    assertThat(oldest("candles_1m")).isGreaterThan(now - 25 * DAY);
  }

  /** A minute that comes back says nothing of the others that its hour was made of. */
  @Test
  void longerCandlesStayWholeWhenLittleOfTheirTimeComesBack() throws Exception {
    RawMarket history = new RawMarket(6, now);
    Map<String, List<Candle>> held = new HashMap<>();
    try (RunningServer server = server(Map.of())) {
      MarketOverHttp http = new MarketOverHttp(server, "h");
      http.trades(history.tradeLate(4_000, 30 * DAY, 30 * DAY + 8 * HOUR));
      awaitNoMark();
      List.of("5m", "1h", "1d").forEach(text -> held.put(text, http.read(text, LONG_AGO)));
    }
    assertThat(held.getOrDefault("1h", List.of())).hasSizeGreaterThan(7);
    runRetention();
    assertThat(oldest("candles_1m")).isZero();
    try (RunningServer server = server(Map.of())) {
      MarketOverHttp http = new MarketOverHttp(server, "h");
      http.trades(new RawMarket(7, now).tradeLate(1, 30 * DAY + HOUR, 30 * DAY + 2 * HOUR));
      awaitNoMark();
      assertThat(oldest("candles_1m")).isPositive();
      List.of("1h", "1d")
          .forEach(
              text ->
                  Oracle.assertSame(
                      text, http.read(text, LONG_AGO), held.getOrDefault(text, List.of())));
      assertThat(http.read("5m", LONG_AGO))
          .hasSizeGreaterThanOrEqualTo(held.getOrDefault("5m", List.of()).size());
    }
  }

  private void awaitNoMark() throws InterruptedException {
    long giveUp = System.nanoTime() + 30_000_000_000L;
    while (database.number("select count(*) from ingest.dirty") > 0) {
      assertThat(System.nanoTime()).isLessThan(giveUp);
      Thread.sleep(50);
    }
  }

  /** Ten days of minutes are kept, and fifteen held. */
  private void runRetention() throws InterruptedException {
    try (RunningServer server = server(Map.of("TRADES", 1, "CANDLES_1M", 10))) {
      awaitMetric(server, "candlewick_retention_last_run_timestamp_seconds 0.0");
    }
  }

  private void assertHistoryIsThere(RunningServer server, String symbol, int days)
      throws InterruptedException {
    RawMarket history = new RawMarket(days, now);
    MarketOverHttp http = new MarketOverHttp(server, symbol);
    http.trades(history.tradeLate(40, days * DAY, days * DAY + 8 * HOUR));
    for (String text : List.of("1m", "5m", "15m", "1h", "4h", "1d")) {
      Timeframe timeframe = Timeframe.parse(text).orElseThrow();
      List<Candle> expected =
          new Oracle(history, now).candles(timeframe, Buckets.utc(timeframe), Source.AUTO);
      String query = "&limit=10000&from=" + (now - (days + 2) * DAY);
      long giveUp = System.nanoTime() + 30_000_000_000L;
      while (http.read(text, query).size() < expected.size()) {
        assertThat(System.nanoTime()).as("%s of %d days", text, days).isLessThan(giveUp);
        Thread.sleep(50);
      }
      Oracle.assertSame(text, http.read(text, query), expected);
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
      new MarketOverHttp(server, "s").trades(market.tradeLate(50, 4 * HOUR, 20 * HOUR));
      // Told when the pass is over: the refresh behind it has given up then.
      awaitMetric(server, "candlewick_rollup_candles_total 0.0");
      assertCandles(server);
      assertThat(database.number("select count(*) from ingest.dirty")).isPositive();
      other.rollback();
      awaitNoMark();
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
    return database.number(
        "select coalesce(extract(epoch from min(ts)), 0)::int8 from market." + relation);
  }

  private void assertCandles(RunningServer server) {
    Oracle oracle = new Oracle(market, now);
    for (String text : List.of("1m", "5m", "15m", "1h", "4h", "12h", "1d", "1w", "1M")) {
      Timeframe timeframe = Timeframe.parse(text).orElseThrow();
      String level = Level.of(timeframe, Buckets.utc(timeframe)).relation().substring(15);
      long from = now - KEPT.getOrDefault("CANDLES_" + level.toUpperCase(Locale.ROOT), 2_000) * DAY;
      List<Candle> expected =
          oracle.candles(timeframe, Buckets.utc(timeframe), Source.AUTO).stream()
              .filter(candle -> candle.ts() >= from)
              .toList();
      List<Candle> read = new MarketOverHttp(server, "s").read(text, "&limit=10000&from=" + from);
      Oracle.assertSame(text, read, expected);
      assertThat(read).as(text).isNotEmpty();
    }
  }
}
