package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Timeframe;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BucketsTest {
  private static final String NEW_YORK_SHARES = "America/New_York 09:30-16:00";
  private static final String CHICAGO_FUTURES = "America/Chicago 17:00-16:00+1";

  private static Timeframe timeframe(String text) {
    return Timeframe.parse(text).orElseThrow();
  }

  private static Buckets utc(String timeframe) {
    return Buckets.utc(timeframe(timeframe));
  }

  private static Buckets zone(String timeframe, String zone) {
    return new ZoneBuckets(timeframe(timeframe), ZoneId.of(zone));
  }

  private static Buckets session(String timeframe, String session) {
    return new TradingHoursBuckets(timeframe(timeframe), TradingHours.parse(session).orElseThrow());
  }

  private static long at(String instant) {
    return Instant.parse(instant).getEpochSecond();
  }

  private static String text(long time) {
    return Instant.ofEpochSecond(time).toString();
  }

  /** The bucket that holds this instant, as start/end. */
  private static String bucket(Buckets buckets, String instant) {
    long start = buckets.floor(at(instant));
    return text(start) + "/" + text(buckets.end(start));
  }

  /** Starts of the buckets in a range. */
  private static List<String> starts(Buckets buckets, String from, String to) {
    List<String> starts = new ArrayList<>();
    for (long start = buckets.ceil(at(from)); start < at(to); start = buckets.next(start)) {
      starts.add(text(start));
    }
    return starts;
  }

  @ParameterizedTest
  @CsvSource({
    "1m, 2026-11-21T09:44:59Z, 2026-11-21T09:44:00Z/2026-11-21T09:45:00Z",
    "90s, 2026-11-21T00:02:59Z, 2026-11-21T00:01:30Z/2026-11-21T00:03:00Z",
    "4h, 2026-11-21T09:44:00Z, 2026-11-21T08:00:00Z/2026-11-21T12:00:00Z",
    "1w, 2026-11-21T09:44:00Z, 2026-11-16T00:00:00Z/2026-11-23T00:00:00Z",
    "1M, 2026-02-28T23:59:59Z, 2026-02-01T00:00:00Z/2026-03-01T00:00:00Z",
    "3M, 2026-02-28T23:59:59Z, 2026-01-01T00:00:00Z/2026-04-01T00:00:00Z",
    "3d, 2000-01-05T12:00:00Z, 2000-01-03T00:00:00Z/2000-01-06T00:00:00Z",
  })
  void countsInUtcFromTheOriginOfTimescale(String timeframe, String instant, String bucket) {
    assertThat(bucket(utc(timeframe), instant)).isEqualTo(bucket);
  }

  @ParameterizedTest
  @CsvSource({
    // The clocks go forward: 23 hours. They go back: 25 hours.
    "1d, America/New_York, 2026-03-08T12:00:00Z, 2026-03-08T05:00:00Z/2026-03-09T04:00:00Z",
    "1d, America/New_York, 2026-11-01T12:00:00Z, 2026-11-01T04:00:00Z/2026-11-02T05:00:00Z",
    "1d, America/New_York, 2026-03-08T04:59:59Z, 2026-03-07T05:00:00Z/2026-03-08T05:00:00Z",
    "1d, Asia/Kolkata, 2026-11-21T18:29:59Z, 2026-11-20T18:30:00Z/2026-11-21T18:30:00Z",
    "1d, Asia/Kathmandu, 2026-11-21T18:15:00Z, 2026-11-21T18:15:00Z/2026-11-22T18:15:00Z",
    // No midnight in Beirut on the day the clocks go forward: it begins at 01:00.
    "1d, Asia/Beirut, 2024-03-31T12:00:00Z, 2024-03-30T22:00:00Z/2024-03-31T21:00:00Z",
    "1w, America/New_York, 2026-11-01T12:00:00Z, 2026-10-26T04:00:00Z/2026-11-02T05:00:00Z",
    "1M, America/New_York, 2026-11-01T03:00:00Z, 2026-10-01T04:00:00Z/2026-11-01T04:00:00Z",
    "1M, America/New_York, 2026-11-01T05:00:00Z, 2026-11-01T04:00:00Z/2026-12-01T05:00:00Z",
  })
  void beginsDaysAtMidnightOfTheZone(String timeframe, String zone, String instant, String bucket) {
    assertThat(bucket(zone(timeframe, zone), instant)).isEqualTo(bucket);
  }

  @ParameterizedTest
  @CsvSource({
    "1d, 2026-11-20T15:00:00Z, 2026-11-20T14:30:00Z/2026-11-20T21:00:00Z",
    "1d, 2026-07-01T15:00:00Z, 2026-07-01T13:30:00Z/2026-07-01T20:00:00Z",
    "65m, 2026-11-20T15:34:59Z, 2026-11-20T14:30:00Z/2026-11-20T15:35:00Z",
    "65m, 2026-11-20T20:59:59Z, 2026-11-20T19:55:00Z/2026-11-20T21:00:00Z",
    "1h, 2026-11-20T20:59:59Z, 2026-11-20T20:30:00Z/2026-11-20T21:00:00Z",
    // Weeks from the first opening to the last close, Saturday and Sunday counted as sessions.
    "1w, 2026-11-18T15:00:00Z, 2026-11-16T14:30:00Z/2026-11-22T21:00:00Z",
  })
  void anchorsBucketsInTheSession(String timeframe, String instant, String bucket) {
    assertThat(bucket(session(timeframe, NEW_YORK_SHARES), instant)).isEqualTo(bucket);
  }

  @ParameterizedTest
  @CsvSource({
    // Sunday evening in Chicago belongs to Monday's session.
    "1d, 2026-11-15T23:30:00Z, 2026-11-15T23:00:00Z/2026-11-16T22:00:00Z",
    "1d, 2026-11-16T21:59:59Z, 2026-11-15T23:00:00Z/2026-11-16T22:00:00Z",
    "1w, 2026-11-15T23:30:00Z, 2026-11-15T23:00:00Z/2026-11-22T22:00:00Z",
    "1M, 2026-10-31T22:30:00Z, 2026-10-31T22:00:00Z/2026-11-30T22:00:00Z",
    // The night the clocks go back: 24 hours from 17:00 to 16:00.
    "1d, 2026-11-01T12:00:00Z, 2026-10-31T22:00:00Z/2026-11-01T22:00:00Z",
    "4h, 2026-11-16T21:30:00Z, 2026-11-16T19:00:00Z/2026-11-16T22:00:00Z",
  })
  void datesASessionOverMidnightByItsEnd(String timeframe, String instant, String bucket) {
    assertThat(bucket(session(timeframe, CHICAGO_FUTURES), instant)).isEqualTo(bucket);
  }

  @Test
  void makesSixBarsOf65MinutesOfANewYorkDay() {
    Buckets buckets = session("65m", NEW_YORK_SHARES);

    assertThat(starts(buckets, "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"))
        .containsExactly(
            "2026-11-20T14:30:00Z",
            "2026-11-20T15:35:00Z",
            "2026-11-20T16:40:00Z",
            "2026-11-20T17:45:00Z",
            "2026-11-20T18:50:00Z",
            "2026-11-20T19:55:00Z");
  }

  @Test
  void leavesTheTimeBetweenSessionsOutOfTheirWeek() {
    Buckets week = session("1w", CHICAGO_FUTURES);

    assertThat(week.holds(at("2026-11-16T21:59:59Z"))).isTrue();
    assertThat(week.holds(at("2026-11-16T22:00:00Z"))).isFalse();
    assertThat(week.holds(at("2026-11-16T23:00:00Z"))).isTrue();
  }

  static Stream<Buckets> everyKind() {
    return Stream.of(
        utc("1s"),
        utc("7m"),
        utc("1d"),
        utc("2w"),
        utc("5M"),
        zone("1d", "America/New_York"),
        zone("10d", "Australia/Lord_Howe"),
        zone("1w", "Asia/Kolkata"),
        zone("1M", "Europe/London"),
        session("65m", NEW_YORK_SHARES),
        session("90s", NEW_YORK_SHARES),
        session("1d", CHICAGO_FUTURES),
        session("4h", CHICAGO_FUTURES),
        session("1w", CHICAGO_FUTURES),
        session("1M", "UTC 00:00-24:00"),
        session("1d", "America/New_York 17:00-17:00+1"));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void coversTimeWithoutOverlap(Buckets buckets) {
    long origin = at("2000-01-03T00:00:00Z");
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      long time = random.nextLong(at("2050-01-01T00:00:00Z"));
      long start = buckets.floor(time);
      long next = buckets.next(start);
      assertThat(time).isBetween(start, next - 1);
      assertThat(buckets.end(start)).isBetween(start + 1, next);
      assertThat(buckets.floor(start)).isEqualTo(start);
      assertThat(buckets.ceil(start)).isEqualTo(start);
      assertThat(buckets.ceil(time)).isEqualTo(time == start ? start : next);
      assertThat(buckets.floor(next)).isEqualTo(next);
      assertThat(buckets.previous(next)).isEqualTo(start);
      assertThat((start - origin) % buckets.grid()).isZero();
      assertThat((buckets.end(start) - origin) % buckets.grid()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1m, market.candles_1m",
    "7m, market.candles_1m",
    "10m, market.candles_5m",
    "90m, market.candles_15m",
    "3h, market.candles_1h",
    "12h, market.candles_4h",
    "1w, market.candles_1d",
    "1M, market.candles_1d",
    "90s, market.trades",
    "1350s, market.trades",
  })
  void readsTheLongestStoredLevelThatDivides(String timeframe, String relation) {
    assertThat(Level.of(timeframe(timeframe), utc(timeframe)).relation()).isEqualTo(relation);
  }

  @ParameterizedTest
  @CsvSource({
    "1d, America/New_York, market.candles_1h",
    "1M, Asia/Kolkata, market.candles_15m",
    "1d, Asia/Kathmandu, market.candles_15m",
    "1d, Australia/Lord_Howe, market.candles_15m",
  })
  void readsALevelThatDividesTheOffsetsOfTheZone(String timeframe, String zone, String relation) {
    Buckets buckets = zone(timeframe, zone);

    assertThat(Level.of(timeframe(timeframe), buckets).relation()).isEqualTo(relation);
  }

  @Test
  void readsALevelThatDividesTheSession() {
    Timeframe bar = timeframe("65m");

    assertThat(Level.of(bar, session("65m", NEW_YORK_SHARES)).relation())
        .isEqualTo("market.candles_5m");
    assertThat(Level.of(timeframe("1d"), session("1d", CHICAGO_FUTURES)).relation())
        .isEqualTo("market.candles_1h");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "09:30-16:00",
        "America/New_York",
        "America/New_York 9:30-16:00",
        "Mars/Olympus 09:30-16:00",
        "America/New_York 16:00-09:30",
        "America/New_York 09:30-09:30",
        "America/New_York 09:30-10:30+1",
        "America/New_York 24:00-25:00",
        "America/New_York 09:60-16:00",
      })
  void refusesWhatIsNoSession(String text) {
    assertThat(TradingHours.parse(text)).isEmpty();
  }
}
