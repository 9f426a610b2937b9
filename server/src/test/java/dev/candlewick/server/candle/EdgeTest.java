package dev.candlewick.server.candle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Timeframe;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Levels that begin at random times, each earlier than the one below it, against all minutes. */
class EdgeTest {
  private static final long DAY = 86_400;
  private static final long FIRST = Instant.parse("2024-01-27T00:00:00Z").getEpochSecond();
  private static final long LAST = FIRST + 70 * DAY;
  private static final List<String> SHAPES =
      List.of(
          "7m",
          "11m",
          "65m",
          "90m",
          "1h",
          "5h",
          "20h",
          "1d",
          "1w",
          "1M",
          "1d Asia/Kolkata",
          "1d Asia/Kathmandu",
          "1d Europe/London",
          "1d America/New_York",
          "1d Australia/Lord_Howe",
          "1w Asia/Kolkata",
          "1M Asia/Kathmandu",
          "1M Europe/London",
          "2d Asia/Dubai");

  private final Map<Level, List<Part>> stored = new HashMap<>();
  private final Map<Long, Long> held = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void tellsEachBucketWholeOrNotAtAll(long seed) {
    Random random = new Random(seed);
    store(random);
    for (String shape : SHAPES) {
      Series series = series(shape);
      Map<Long, Candle> whole = candles(series, all(requireNonNull(stored.get(Level.M1))));
      Map<Long, Candle> read = candles(series, read(series));
      read.forEach(
          (start, candle) ->
              assertThat(candle.trades())
                  .as("%s at %s, held from %s", shape, Instant.ofEpochSecond(start), held)
                  .isEqualTo(requireNonNull(whole.get(start)).trades()));
      whole.forEach(
          (start, candle) ->
              assertThat(read.containsKey(start))
                  .as("%s at %s, held from %s", shape, Instant.ofEpochSecond(start), held)
                  .isEqualTo(Edge.isHeld(series, held, start)));
    }
  }

  /** Minutes begin on 2 February, 5m on 1 February, 1h at the first data. */
  @ParameterizedTest
  @CsvSource({
    // Within the minutes, and before them: 7 minutes are never made of five.
    "7m, 2024-02-02T00:03:00Z, true",
    "7m, 2024-02-01T23:56:00Z, false",
    "7m, 2024-02-01T12:00:00Z, false",
    // 65 minutes from the hour on: of 5m where those are held.
    "65m, 2024-01-31T23:30:00Z, false",
    "5h, 2024-01-31T22:00:00Z, true",
    "1d, 2024-01-28T00:00:00Z, true"
  })
  void knowsWhatIsHeld(String shape, Instant start, boolean whole) {
    held.put(60L, Instant.parse("2024-02-02T00:00:00Z").getEpochSecond());
    held.put(300L, Instant.parse("2024-02-01T00:00:00Z").getEpochSecond());
    held.put(900L, Instant.parse("2024-02-01T00:00:00Z").getEpochSecond());
    Series series = series(shape);
    long bucket = series.buckets().floor(start.getEpochSecond());
    assertThat(Edge.isHeld(series, held, bucket)).isEqualTo(whole);
  }

  private void store(Random random) {
    List<Part> minutes = new ArrayList<>();
    for (long at = FIRST; at < LAST; at += 60 * (1 + random.nextInt(9))) {
      minutes.add(new Part(at, 1, 1, 1, 1, 1, 1, 1 + random.nextInt(100), 1, Part.BUILT));
    }
    long begins = FIRST + (20 + random.nextInt(25)) * DAY;
    for (Level level : Level.STORED) {
      stored.put(level, CandleFold.upTo(level, minutes));
      held.put(level.seconds(), begins);
      begins -= random.nextInt(8) * DAY;
    }
    held.put(DAY, FIRST);
  }

  private static Series series(String shape) {
    String[] words = shape.split(" ");
    Timeframe timeframe = Timeframe.parse(words[0]).orElseThrow();
    Buckets buckets =
        words.length == 1
            ? Buckets.utc(timeframe)
            : new ZoneBuckets(timeframe, ZoneId.of(words[1]));
    return new Series(1, timeframe, buckets, Source.AUTO);
  }

  private static Parts all(List<Part> minutes) {
    return new Parts(minutes, List.of(), List.of(), false, false);
  }

  private Parts read(Series series) {
    Map<Long, List<Part>> coarser = new HashMap<>();
    series.level().coarser().forEach(level -> coarser.put(level.seconds(), left(level)));
    Parts parts = new Parts(left(series.level()), List.of(), List.of(), false, false, held);
    return Edge.complete(series, parts, series.buckets().ceil(FIRST), LAST, coarser);
  }

  /** What retention has left of a level. */
  private List<Part> left(Level level) {
    return requireNonNull(stored.get(level)).stream()
        .filter(part -> part.ts() >= requireNonNull(held.get(level.seconds())))
        .toList();
  }

  private static Map<Long, Candle> candles(Series series, Parts parts) {
    return CandleFold.candles(parts, Level.M1, series.buckets(), LAST).stream()
        .filter(candle -> candle.ts() >= series.buckets().ceil(FIRST))
        .collect(Collectors.toMap(Candle::ts, Function.identity()));
  }
}
