package dev.candlewick.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.CoverageRepository;
import dev.candlewick.server.candle.Gaps;
import dev.candlewick.server.feature.DeclarationRepository;
import dev.candlewick.server.feature.FeatureCheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A clean market of three hours, and in it one planted fault for each check. */
class MarketAuditIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();

  /** Four trades a minute from 180 minutes ago on, and every candle they make. */
  private static final String CLEAN =
      """
      insert into market.instruments (venue, symbol) values ('binance', 'BTCUSDT');
      insert into market.trades (instrument_id, ts, trade_id, price, size, side, flags)
        select i.id, date_trunc('day', now()) - interval '1 day' + n * interval '15 seconds', n + 1,
               100 + (n * 7919 % 13) / 100.0, 1, 1 + n % 2, 0
        from market.instruments i, generate_series(0, 719) n;
      insert into market.candles_1m
        select i.id, b.*, 1 from market.instruments i, market.built_buckets(i.id,
          date_trunc('day', now()) - interval '1 day', date_trunc('day', now()), interval '1 minute',
          '-infinity', 'infinity') b;
      insert into market.quotes (instrument_id, ts, seq, bid, bid_size, ask, ask_size)
        select id, date_trunc('day', now()) - interval '1 day', 1, 99, 1, 101, 1 from market.instruments
      """;

  private static final String LEVEL =
      """
      insert into market.candles_%1$s
        select instrument_id, public.time_bucket(interval '%3$s', ts), public.first(open, ts), max(high), min(low),
               public.last(close, ts), sum(volume), sum(quote_volume), sum(trades), sum(taker_buy_volume), 1
        from market.candles_%2$s group by 1, 2
      """;

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              Candles candles = new Candles(new CandleRepository(pool), Clock.systemUTC());
              FeatureCheck features =
                  new FeatureCheck(new DeclarationRepository(pool, pool), candles);
              Gaps gaps = new Gaps(candles, new CoverageRepository(pool));
              HourlyAudit audit =
                  new HourlyAudit(
                      new AuditRepository(pool), gaps, features, new SimpleMeterRegistry());
              new AuditHandler(audit).mount(router);
            });
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void aCleanMarket() {
    DATABASE.clear();
    DATABASE.execute(CLEAN);
    if (tables()) {
      level("5m", "1m", "5 minutes");
      level("15m", "5m", "15 minutes");
      level("1h", "15m", "1 hour");
      level("4h", "1h", "4 hours");
      level("1d", "4h", "1 day");
    }
  }

  private static void level(String level, String below, String length) {
    DATABASE.execute(LEVEL.formatted(level, below, length));
  }

  /** On the Apache edition the longer levels are tables, in which a fault can be planted. */
  private static boolean tables() {
    return DATABASE.number(
            "select count(*) from information_schema.views where table_schema = 'market'"
                + " and table_name = 'candles_5m'")
        == 0;
  }

  /** Each check's failures, of those that have any. */
  private static Map<String, Long> failures(String query) {
    Map<String, Long> failures = new TreeMap<>();
    JsonArray checks = server.get("/v1/audit" + query).getJsonArray("checks");
    assertThat(checks.size()).isGreaterThanOrEqualTo(38);
    for (int i = 0; i < checks.size(); i++) {
      JsonObject check = checks.getJsonObject(i);
      long failed = check.getLong("failures");
      assertThat(check.getString("status").equals("fail")).isEqualTo(failed > 0);
      assertThat(check.getJsonArray("examples").size()).isEqualTo(Math.min(failed, 10));
      if (failed > 0) {
        failures.put(check.getString("name"), failed);
      }
    }
    return failures;
  }

  @Test
  void findsNothingInACleanMarket() {
    assertThat(failures("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          trades_not_finite       | update market.trades set price = 'NaN' where trade_id = 100
          trades_negative_size    | update market.trades set size = -1 where trade_id = 100
          trades_price_sign       | update market.trades set price = 0 where trade_id = 100
          trades_unknown_side     | update market.trades set side = 7 where trade_id = 100
          trades_unknown_flags    | update market.trades set flags = 1024 where trade_id = 100
          trades_duplicate_ids    | update market.trades set trade_id = 100 where trade_id = 101
          trades_duplicate_ids    | update market.trades set trade_id = 100 where trade_id = 300
          trades_clock_skew       | update market.trades set trade_id = 5000 where trade_id = 100
          trades_outliers         | update market.trades set price = 150 where trade_id = 100
          trades_in_the_future    | insert into market.trades select instrument_id, now() + interval '3 days', 9999, price, size, side, flags from market.trades where trade_id = 100
          quotes_not_finite       | update market.quotes set bid = 'Infinity', ask = 'Infinity'
          quotes_not_finite       | update market.quotes set last = 'NaN'
          quotes_crossed          | update market.quotes set bid = 102
          quotes_empty            | update market.quotes set bid = null, ask = null
          quotes_negative_size    | update market.quotes set ask_size = -1
          quotes_negative_size    | update market.quotes set volume_24h = -1
          quotes_price_sign       | insert into market.quotes select instrument_id, ts + n * interval '1 second', seq, case n when 1 then 0 else bid end, bid_size, ask, ask_size, last, volume_24h from market.quotes, generate_series(1, 2) n
          quotes_outliers         | insert into market.quotes select instrument_id, ts + n * interval '1 second', seq, bid, bid_size, case n when 1 then 150 else ask end, ask_size, last, volume_24h from market.quotes, generate_series(1, 2) n
          quotes_in_the_future    | insert into market.quotes select instrument_id, now() + interval '2 days', seq, bid, bid_size, ask, ask_size, last, volume_24h from market.quotes
          instruments_differ_by_case | insert into market.instruments (venue, symbol) values ('binance', 'btcusdt')
          instruments_unknown_timezone | update market.instruments set timezone = 'Mars/Olympus'
          instruments_bad_steps   | update market.instruments set tick_size = 0
          trades_orphans          | insert into market.trades select 99, ts, trade_id, price, size, side, flags from market.trades limit 1
          quotes_orphans          | insert into market.quotes select 99, ts, seq, bid, bid_size, ask, ask_size, last, volume_24h from market.quotes
          candles_1m_orphans      | insert into market.candles_1m select 99, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source from market.candles_1m limit 1
          candles_native_orphans  | insert into market.candles_native select 99, '1h', date_trunc('day', now()), 1, 1, 1, 1, 1, 1, 1, 1, true
          streams_clock_skew      | insert into ingest.streams (api_key_id, stream, epoch) values (0, 's', 1); insert into ingest.rejects (api_key_id, stream, seq, index, code) values (0, 's', 1, 0, 'ts_out_of_range')
          streams_bad_state       | insert into ingest.streams (api_key_id, stream, epoch, committed_seq) values (0, 's', 1, -5)
          marks_of_the_future     | insert into ingest.dirty (level, bucket, ids) values (60, now() + interval '9 days', array[1])
          candles_misaligned      | update market.candles_1m set ts = ts + interval '7 seconds' where ts = (select max(ts) from market.candles_1m)
          candles_ohlc_order      | update market.candles_1m set low = high + 1 where ts = (select min(ts) from market.candles_1m)
          candles_not_finite      | update market.candles_1m set close = 'NaN' where ts = (select min(ts) from market.candles_1m)
          candles_not_finite      | update market.candles_1m set quote_volume = 'NaN' where ts = (select min(ts) from market.candles_1m)
          candles_negative_volume | update market.candles_1m set volume = -1 where ts = (select min(ts) from market.candles_1m)
          candles_volume_without_trades | update market.candles_1m set trades = 0 where ts = (select min(ts) from market.candles_1m)
          candles_trades_without_volume | update market.candles_1m set volume = 0, source = 2 where ts = (select min(ts) from market.candles_1m)
          candles_taker_above_volume | update market.candles_1m set taker_buy_volume = 9 where ts = (select min(ts) from market.candles_1m)
          candles_quote_volume    | update market.candles_1m set quote_volume = 1 where ts = (select min(ts) from market.candles_1m)
          candles_price_sign      | update market.candles_1m set low = -1 where ts = (select max(ts) from market.candles_1m)
          candles_outliers        | update market.candles_1m set close = 110, high = 110 where ts = (select max(ts) from market.candles_1m)
          candles_stuck           | update market.candles_1m set open = 100, high = 100, low = 100, close = 100
          candles_unknown_source  | update market.candles_1m set source = 77 where ts = (select min(ts) from market.candles_1m)
          candles_in_the_future   | update market.candles_1m set ts = date_trunc('minute', now()) + interval '1 hour' where ts = (select max(ts) from market.candles_1m)
          candles_missing         | delete from market.candles_1m where ts = (select max(ts) from market.candles_1m)
          candles_without_trades  | delete from market.trades where trade_id between 101 and 104
          candles_against_trades  | update market.candles_1m set volume = 5 where ts = (select max(ts) from market.candles_1m)
          candles_against_trades  | update market.candles_1m set quote_volume = quote_volume * 1.001 where ts = (select max(ts) from market.candles_1m)
          candles_of_the_venue_against_trades | update market.candles_1m set source = 2, high = 103 where ts = (select max(ts) from market.candles_1m)
          candles_gaps               | update market.instruments set listed = false where id = (select min(instrument_id) from market.candles_1m)
          candles_gaps            | delete from market.trades where trade_id between 101 and 140; delete from market.candles_1m c where not exists (select from market.trades t where t.ts >= c.ts and t.ts < c.ts + interval '1 minute')
          native_ohlc_order       | insert into market.candles_native select id, '1d', date_trunc('day', now()), 1, 1, 2, 1, 1, 1, 1, 1, true from market.instruments
          native_unknown_timeframe | insert into market.candles_native select id, '7x', date_trunc('day', now()), 1, 1, 1, 1, 1, 1, 1, 1, true from market.instruments
          native_not_finite       | insert into market.candles_native select id, '1d', date_trunc('day', now()), 1, 'Infinity', 1, 1, 1, 1, 1, 1, true from market.instruments
          native_negative_volume  | insert into market.candles_native select id, '1d', date_trunc('day', now()), 1, 1, 1, 1, -1, 1, 1, 1, true from market.instruments
          native_negative_volume  | insert into market.candles_native select id, '1d', date_trunc('day', now()), 1, 1, 1, 1, 1, 1, 1, -1, true from market.instruments
          native_misaligned       | insert into market.candles_native select id, '1h', date_trunc('day', now()) + interval '7 minutes', 1, 1, 1, 1, 1, 1, 1, 1, true from market.instruments
          native_against_built    | insert into market.candles_native select id, '1h', date_trunc('day', now()) - interval '1 day', 100, 200, 100, 100, 240, 1, 1, 1, true from market.instruments
          native_volume_against_built | insert into market.candles_native select id, '1h', date_trunc('day', now()) - interval '1 day', 100, 100.12, 100, 100, 100, 1, 1, 1, true from market.instruments
          """)
  void findsAPlantedFault(String check, String fault) {
    DATABASE.execute(fault);

    assertThat(failures("")).containsKey(check);
  }

  @ParameterizedTest
  @CsvSource({
    "5m, 1m", "15m, 5m", "1h, 15m", "4h, 1h", "1d, 4h",
  })
  void findsALevelThatIsNotWhatTheLevelBelowSays(String level, String below) {
    assumeTrue(tables(), "a continuous aggregate cannot be changed by hand");
    DATABASE.execute(
        "update market.candles_"
            + level
            + " set high = high + 1 where ts in (select min(ts) from"
            + " market.candles_"
            + level
            + ")");

    assertThat(failures("")).containsEntry("candles_" + level + "_against_" + below, 1L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "volume = 'NaN'",
        "quote_volume = quote_volume * 1.001",
        "quote_volume = null",
        "quote_volume = 'NaN'",
        "taker_buy_volume = 1e9",
        "trades = trades + 1",
      })
  void findsAnyValueOfALevelThatTheLevelBelowDoesNotSay(String changed) {
    assumeTrue(tables(), "a continuous aggregate cannot be changed by hand");
    DATABASE.execute(
        "update market.candles_1h set "
            + changed
            + " where ts in (select min(ts) from market.candles_1h)");

    assertThat(failures("")).containsEntry("candles_1h_against_15m", 1L);
  }

  @ParameterizedTest
  @CsvSource({
    "5m, 1m", "15m, 5m", "1h, 15m", "4h, 1h", "1d, 4h",
  })
  void findsALevelThatMissesWhatTheLevelBelowHas(String level, String below) {
    assumeTrue(tables(), "a continuous aggregate cannot be changed by hand");
    DATABASE.execute(
        "delete from market.candles_%1$s where ts in (select max(ts) from market.candles_%1$s)"
            .formatted(level));

    assertThat(failures("")).containsEntry("candles_" + level + "_against_" + below, 1L);
  }

  @ParameterizedTest
  @CsvSource({
    "5m, 1m, -30",
    "15m, 5m, -30",
    "1h, 15m, -30",
    "4h, 1h, -30",
    "1d, 4h, -30",
  })
  void findsACandleOfALevelWhereTheLevelBelowHasNothing(String level, String below, int days) {
    assumeTrue(tables(), "a continuous aggregate cannot be changed by hand");
    DATABASE.execute(
        """
        insert into market.candles_%1$s
          select instrument_id, ts + interval '%2$s days', open, high, low, close, volume, quote_volume, trades,
                 taker_buy_volume, source
          from market.candles_%1$s where ts in (select min(ts) from market.candles_%1$s)
        """
            .formatted(level, days));

    assertThat(failures("")).containsEntry("candles_" + level + "_against_" + below, 1L);
  }

  @Test
  void looksOnlyAtWhatIsAskedFor() {
    DATABASE.execute("update market.trades set size = -1 where trade_id = 100");

    assertThat(failures("?venue=binance&symbol=ETHUSDT")).isEmpty();
    assertThat(failures("?venue=binance&symbol=BTCUSDT")).containsKey("trades_negative_size");
    assertThat(failures("?from=" + System.currentTimeMillis())).isEmpty();
  }

  @Test
  void passesOverTimeWithoutRowsInOneStep() {
    DATABASE.execute(
        """
        insert into market.trades select instrument_id, '1990-05-05', 0, 100, 1, 1, 0 from market.trades limit 1;
        insert into market.candles_native
          select id, '1d', '1800-01-02', 1, 1, 1, 1, 1, 1, 1, 1, true from market.instruments
        """);
    long start = System.nanoTime();

    assertThat(failures("")).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void tellsWhereAFaultLies() {
    DATABASE.execute("update market.trades set size = -1 where trade_id = 100");

    JsonArray checks = server.get("/v1/audit").getJsonArray("checks");
    JsonObject failed =
        checks.stream()
            .map(JsonObject.class::cast)
            .filter(check -> check.getString("name").equals("trades_negative_size"))
            .findAny()
            .orElseThrow();
    long ts =
        DATABASE.number(
            "select extract(epoch from ts)::bigint * 1000 from market.trades where trade_id = 100");

    assertThat(failed.getLong("looked_at")).isEqualTo(720);
    assertThat(failed.getJsonArray("examples").getJsonObject(0).encode())
        .isEqualTo(
            new JsonObject()
                .put("venue", "binance")
                .put("symbol", "BTCUSDT")
                .put("ts", ts)
                .put("detail", "trade 100: price 100.03, size -1")
                .encode());
  }
}
