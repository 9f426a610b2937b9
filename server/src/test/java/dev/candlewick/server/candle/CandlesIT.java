package dev.candlewick.server.candle;

import static java.util.Comparator.comparingLong;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.web.Range;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random rows, read in every state of the roll-up: each candle must be what the raw rows say, and
 * to the last bit the same before, between and after.
 */
class CandlesIT {
  private static final long NOW = Instant.parse("2026-03-10T12:34:56Z").getEpochSecond();
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final Vertx VERTX = Vertx.vertx();
  private static final CandleRepository REPOSITORY = new CandleRepository(DATABASE.pool(VERTX));
  private static final String CLOSED_MINUTES =
      "bucket < timestamptz '" + Instant.ofEpochSecond(NOW - 61) + "'";

  private static final List<String> TIMEFRAMES =
      List.of(
          "1m", "5m", "15m", "1h", "4h", "1d", "7m", "10m", "90m", "12h", "1w", "1M", "1s", "5s",
          "30s", "90s", "1350s");

  @AfterAll
  static void close() {
    VERTX.close().await();
  }

  @ParameterizedTest
  @ValueSource(longs = {1})
  void readsTheSameInEveryStateOfTheRollUp(long seed) {
    RawMarket market = new RawMarket(seed, NOW);
    Check check = new Check(market, instrument(), seed);
    HandWrittenWrites writes = new HandWrittenWrites(DATABASE, check.instrument);
    for (int round = 0; round < 3; round++) {
      writes.trades(market.trade(300));
      writes.sent(market.send(150));
      check.written();
      check.read(Source.AUTO);
      writes.rollUp(CLOSED_MINUTES + " and extract(minute from bucket)::int % 3 = " + round);
      check.read(Source.AUTO);
      if (round > 0) {
        writes.refresh(NOW);
        check.read(Source.AUTO);
      }
      if (round != 1) {
        writes.rollUp(CLOSED_MINUTES);
        check.read(Source.AUTO);
      }
    }
    writes.refresh(NOW);
    check.read(Source.AUTO);
  }

  @ParameterizedTest
  @ValueSource(longs = {3})
  void readsOneSourceOnly(long seed) {
    RawMarket market = new RawMarket(seed, NOW);
    Check check = new Check(market, instrument(), seed);
    HandWrittenWrites writes = new HandWrittenWrites(DATABASE, check.instrument);
    for (int round = 0; round < 2; round++) {
      writes.trades(market.trade(300));
      writes.sent(market.send(150));
      check.written();
      check.read(Source.BUILT);
      check.read(Source.NATIVE);
      writes.rollUp(CLOSED_MINUTES + " and extract(minute from bucket)::int % 2 = " + round);
      check.read(Source.BUILT);
      check.read(Source.NATIVE);
      writes.rollUp(CLOSED_MINUTES);
      writes.refresh(NOW);
      check.read(Source.BUILT);
      check.read(Source.NATIVE);
    }
  }

  /** One whose id no other test has: the continuous aggregates keep what was truncated. */
  private static int instrument() {
    DATABASE.clear();
    int id = 1_000_000 + new Random().nextInt(1_000_000);
    DATABASE.execute(
        "insert into market.instruments (id, venue, symbol) overriding system value values (%d, 'test', 'RANDOM')"
            .formatted(id));
    return id;
  }

  /** Reads everything, again and again, and compares. */
  private static final class Check {
    private final Oracle oracle;
    private final int instrument;
    private final Random random;
    private final List<Series> everySeries = new ArrayList<>();
    private final Map<Series, List<Candle>> before = new HashMap<>();

    Check(RawMarket market, int instrument, long seed) {
      this.oracle = new Oracle(market, NOW);
      this.instrument = instrument;
      this.random = new Random(seed);
      TIMEFRAMES.forEach(text -> add(text, Buckets::utc));
      TradingHours session = TradingHours.parse("America/New_York 09:30-08:00+1").orElseThrow();
      List.of("65m", "1d", "1w")
          .forEach(text -> add(text, t -> new TradingHoursBuckets(t, session)));
      for (String zone : List.of("America/New_York", "Asia/Kolkata")) {
        List.of("1d", "1w").forEach(text -> add(text, t -> new ZoneBuckets(t, ZoneId.of(zone))));
      }
    }

    private void add(String text, Function<Timeframe, Buckets> buckets) {
      Timeframe timeframe = Timeframe.parse(text).orElseThrow();
      everySeries.add(new Series(instrument, timeframe, buckets.apply(timeframe), Source.AUTO));
    }

    /** There are new rows: the next answers may differ from those before. */
    void written() {
      before.clear();
    }

    void read(Source source) {
      for (Series series : everySeries) {
        read(new Series(instrument, series.timeframe(), series.buckets(), source));
      }
    }

    private void read(Series series) {
      List<Candle> expected = oracle.candles(series.timeframe(), series.buckets(), series.source());
      List<Candle> all = all(series, slice(0L, null, 10_000, false));
      assertSame(series, all, expected);
      List<Candle> earlier = before.put(series, all);
      assertThat(all).as("%s read again", series).isEqualTo(earlier == null ? all : earlier);
      if (random.nextInt(8) == 0) {
        readInPages(series, all);
      }
    }

    private void readInPages(Series series, List<Candle> all) {
      int limit = 20 + random.nextInt(200);
      List<Candle> latest = new ArrayList<>(all(series, slice(null, null, limit, true)));
      Collections.reverse(latest);
      assertThat(latest).as("%s from the latest on", series).isEqualTo(all);
      long from = NOW - random.nextInt(300_000);
      long to = from + random.nextInt(400_000);
      assertThat(all(series, slice(from, to, limit, false)))
          .as("%s in a range", series)
          .isEqualTo(all.stream().filter(c -> c.ts() >= from && c.ts() < to).toList());
    }

    private static void assertSame(Series series, List<Candle> read, List<Candle> expected) {
      TreeMap<Long, Candle> wrong = new TreeMap<>();
      read.forEach(candle -> wrong.put(candle.ts(), candle));
      for (Candle candle : expected) {
        Candle other = wrong.remove(candle.ts());
        assertThat(other)
            .as("%s %s", series.timeframe().text(), series.source())
            .matches(found -> Oracle.isSame(found, candle), "is " + candle);
      }
      assertThat(wrong.values())
          .as("not expected, %s %s", series.timeframe().text(), series.source())
          .isEmpty();
      assertThat(read).isSortedAccordingTo(comparingLong(Candle::ts)).hasSameSizeAs(expected);
    }

    private static Slice slice(@Nullable Long from, @Nullable Long to, int limit, boolean desc) {
      Range range =
          new Range(from == null ? null : from * 1_000_000, to == null ? null : to * 1_000_000);
      return new Slice(range, limit, desc, null, Fill.NONE, false);
    }

    private static List<Candle> all(Series series, Slice first) {
      List<Candle> all = new ArrayList<>();
      Slice slice = first;
      CandlePage page;
      do {
        page = new CandleScan(REPOSITORY, series, slice, NOW).page().await();
        assertThat(page.candles().size()).isLessThanOrEqualTo(slice.limit());
        all.addAll(page.candles());
        slice = page.next() == null ? slice : slice.at(page.next());
      } while (page.next() != null);
      return all;
    }
  }
}
