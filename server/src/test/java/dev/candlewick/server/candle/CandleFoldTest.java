package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle.Origin;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CandleFoldTest {
  private static final double UNKNOWN = Double.NaN;
  private static final long LATER = 1_000_000;

  private static Buckets utc(String timeframe) {
    return Buckets.utc(Timeframe.parse(timeframe).orElseThrow());
  }

  /** A part whose four prices are a little apart, one trade of volume 1 in it. */
  private static Part part(long ts, double price, int source) {
    return new Part(ts, price, price + 0.5, price - 0.5, price + 0.25, 1, price, 1, 0.5, source);
  }

  private static Part volume(long ts, double volume) {
    return new Part(ts, 1, 1, 1, 1, volume, volume, 1, UNKNOWN, Part.BUILT);
  }

  private static Parts minutes(Part... minutes) {
    return new Parts(List.of(), List.of(minutes), List.of(), false, false);
  }

  private static Parts minutesAndExact(Part minute, Part exact) {
    return new Parts(List.of(), List.of(minute), List.of(exact), false, false);
  }

  private static List<Candle> fold(Parts parts, String timeframe, long now) {
    Buckets buckets = utc(timeframe);
    Level level = Level.of(Timeframe.parse(timeframe).orElseThrow(), buckets);
    return CandleFold.candles(parts, level, buckets, now);
  }

  @Test
  void foldsMinutesInOrderOfTime() {
    List<Candle> candles =
        fold(
            minutes(part(60, 11, Part.BUILT), part(0, 10, Part.BUILT), part(120, 9, Part.BUILT)),
            "2m",
            LATER);

    assertThat(candles)
        .containsExactly(
            new Candle(0, 10, 11.5, 9.5, 11.25, 2, 21, 2, 1, true, Origin.BUILT, false),
            new Candle(120, 9, 9.5, 8.5, 9.25, 1, 9, 1, 0.5, true, Origin.BUILT, false));
  }

  @ParameterizedTest
  @CsvSource({
    // stored, fresh, which price stands
    "1, 1, 20",
    "2, 1, 10",
    "4, 1, 20",
    "8, 1, 20",
    "1, 8, 10",
    "8, 8, 20",
    "4, 8, 20",
    "2, 8, 10",
  })
  void takesTheBestOfTwoParts(int stored, int fresh, double price) {
    List<Part> best = CandleFold.best(List.of(part(0, 10, stored), part(0, 20, fresh)));

    assertThat(best).extracting(Part::open).containsExactly(price);
  }

  @Test
  void keepsABuiltMinuteWhoseTradesAreGone() {
    Part stored = new Part(0, 1, 1, 1, 1, 9, 9, 9, 9, Part.BUILT);

    assertThat(CandleFold.best(List.of(stored, part(0, 20, Part.BUILT)))).containsExactly(stored);
  }

  @Test
  void sumsDecimalsWithoutError() {
    List<Candle> candles = fold(minutes(volume(0, 0.1), volume(60, 0.2)), "5m", LATER);

    assertThat(candles.get(0).volume()).isEqualTo(0.3);
    assertThat(candles.get(0).takerBuyVolume()).isNaN();
  }

  @Test
  void sumsManyDecimalsWithoutError() {
    List<Part> parts = new ArrayList<>();
    for (int minute = 0; minute < 1_440; minute++) {
      parts.add(volume(minute * 60L, 12_345.67891));
    }
    Parts day = new Parts(List.of(), parts, List.of(), false, false);

    assertThat(fold(day, "1d", LATER).get(0).volume()).isEqualTo(17_777_777.6304);
  }

  /** Each level rounds its parts to 15 digits, as {@code sum(x::numeric)} does. */
  @Test
  void roundsLevelByLevelAsTheRollUpDoes() {
    double odd = 1_234_567.890123456789;
    Parts parts = minutes(volume(0, odd), volume(60, odd), volume(300, odd));
    double five = 2 * 1_234_567.89012346;

    assertThat(fold(parts, "15m", LATER).get(0).volume()).isEqualTo(3_703_703.67037038);
    assertThat(fold(parts, "5m", LATER).get(0).volume()).isEqualTo(five);
  }

  @Test
  void doesNotKnowASumOfWhichAPartIsUnknown() {
    Part known = part(0, 10, Part.BUILT);
    Part unknown = new Part(60, 1, 1, 1, 1, 2, UNKNOWN, -1, UNKNOWN, Part.CLOSED);

    Candle candle = fold(minutes(known, unknown), "5m", LATER).get(0);

    assertThat(candle.volume()).isEqualTo(3);
    assertThat(candle.quoteVolume()).isNaN();
    assertThat(candle.vwap()).isNaN();
    assertThat(candle.trades()).isEqualTo(-1);
    assertThat(candle.takerBuyVolume()).isNaN();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, BUILT", "2, 4, NATIVE", "8, 2, NATIVE", "1, 2, MIXED", "1, 8, MIXED"})
  void tellsWhatACandleWasMadeOf(int first, int second, Origin origin) {
    Parts parts = minutes(part(0, 10, first), part(60, 10, second));

    assertThat(fold(parts, "5m", LATER).get(0).origin()).isEqualTo(origin);
  }

  @Test
  void isClosedWhenItsEndHasPassed() {
    Parts parts = minutes(part(0, 10, Part.BUILT));

    assertThat(fold(parts, "5m", 299).get(0).closed()).isFalse();
    assertThat(fold(parts, "5m", 300).get(0).closed()).isTrue();
    assertThat(fold(minutes(part(0, 10, Part.FORMING)), "5m", 300).get(0).closed()).isFalse();
  }

  @Test
  void letsTheVenuesClosedCandleTakeItsBucket() {
    Parts parts = minutesAndExact(part(0, 10, Part.BUILT), part(0, 20, Part.CLOSED));

    assertThat(fold(parts, "2m", LATER))
        .extracting(Candle::open, Candle::origin, Candle::closed)
        .containsExactly(tuple(20.0, Origin.NATIVE, true));
  }

  @Test
  void letsTheVenuesFormingCandleOnlyFillAnEmptyBucket() {
    Part elsewhere = part(120, 30, Part.FORMING);

    assertThat(fold(minutesAndExact(part(0, 10, Part.BUILT), part(0, 20, 4)), "2m", LATER))
        .extracting(Candle::open)
        .containsExactly(10.0);
    assertThat(fold(minutesAndExact(part(0, 10, Part.BUILT), elsewhere), "2m", LATER))
        .extracting(Candle::open, Candle::closed)
        .containsExactly(tuple(10.0, true), tuple(30.0, false));
  }

  @Test
  void leavesOutWhatLiesOutsideTheSession() {
    Buckets hours =
        new TradingHoursBuckets(
            Timeframe.parse("1h").orElseThrow(),
            TradingHours.parse("UTC 01:00-02:30").orElseThrow());
    List<Part> parts = new ArrayList<>();
    for (long ts = 0; ts < 3 * 3_600; ts += 900) {
      parts.add(part(ts, ts, Part.BUILT));
    }

    List<Part> folded = CandleFold.fold(parts, hours);

    assertThat(folded).extracting(Part::ts).containsExactly(3_600L, 7_200L);
    assertThat(folded).extracting(Part::trades).containsExactly(4L, 2L);
  }

  @Test
  void leavesOutTheTimeBetweenTheSessionsOfAWeek() {
    Buckets week =
        new TradingHoursBuckets(
            Timeframe.parse("1w").orElseThrow(),
            TradingHours.parse("UTC 01:00-02:00").orElseThrow());
    List<Part> parts = new ArrayList<>();
    for (long ts = 0; ts < 2 * 86_400; ts += 900) {
      parts.add(part(ts, ts, Part.BUILT));
    }

    assertThat(CandleFold.fold(parts, week)).extracting(Part::trades).containsExactly(8L);
  }
}
