package dev.candlewick.server.candle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.KeptCandles.Found;
import dev.candlewick.server.candle.KeptCandles.Piece;
import dev.candlewick.server.memory.Change;
import dev.candlewick.server.web.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeptCandlesTest {
  private static final Buckets MINUTES = Buckets.utc(Timeframe.ofSeconds(60));
  private static final long NOW = 600_000;

  private static Candle candle(long ts, boolean closed) {
    return new Candle(ts, ts, ts, ts, ts, 1, ts, 1, 1, closed, Candle.Origin.BUILT, false);
  }

  /** The minutes of a stretch, one in three missing; what ends after {@code now} is open. */
  private static KeptCandles read(long from, long to, long now) {
    List<Candle> candles = new ArrayList<>();
    for (long ts = from; ts < Math.min(to, now + 120); ts += 60) {
      if (ts % 180 != 0) {
        candles.add(candle(ts, ts + 60 <= now));
      }
    }
    return new KeptCandles(MINUTES, now, rows(from, to, candles));
  }

  private static CandleRows rows(long from, long to, List<Candle> candles) {
    return CandleRows.of(from, to, candles, CandleJson.rows(candles, Times.S), Words.CANDLES);
  }

  private static List<Long> starts(@Nullable Found found) {
    List<Long> starts = new ArrayList<>();
    if (found != null) {
      for (Piece piece : found.pieces()) {
        for (int i = piece.first(); i < piece.end(); i++) {
          starts.add(piece.rows().starts()[i]);
        }
      }
    }
    return starts;
  }

  @Test
  void aCandleThatIsOpenHoldsUntilItCloses() {
    KeptCandles kept = read(NOW - 600, CandleRows.OPEN, NOW + 100);
    assertThat(kept.at(NOW + 99)).as("a clock that went back").isNull();
    assertThat(kept.at(NOW + 119)).isSameAs(kept);
    KeptCandles still = requireNonNull(kept.at(NOW + 120));
    Found later = requireNonNull(still.last(NOW - 600, CandleRows.OPEN, 100, false));
    assertThat(later.to()).isEqualTo(NOW + 60);
    assertThat(starts(later)).endsWith(NOW - 120, NOW + 0L);
  }

  @Test
  void aCandleThatWasOpenIsNotKeptBesideOneThatWasReadLater() {
    KeptCandles open = read(NOW - 600, CandleRows.OPEN, NOW + 100);
    KeptCandles later = read(NOW - 6_000, NOW - 5_000 - NOW % 60, NOW + 500).over(open);
    KeptCandles kept = requireNonNull(later.at(NOW + 500));
    Found found = requireNonNull(kept.first(NOW - 600, CandleRows.OPEN, 100, false));
    assertThat(found.to()).isEqualTo(NOW + 60);
  }

  @Test
  void aChangeTakesItsBucketAndWhatFollows() {
    KeptCandles kept = read(NOW - 600, CandleRows.OPEN, NOW);
    assertThat(kept.without(new Change(1, true, 0))).isSameAs(kept);
    KeptCandles left =
        requireNonNull(kept.without(new Change(1, false, (NOW - 301) * 1_000_000 + 1)));
    assertThat(requireNonNull(left.first(NOW - 600, NOW, 100, false)).to()).isEqualTo(NOW - 360);
    assertThat(left.first(NOW - 360, NOW, 100, false)).isNull();
    assertThat(kept.without(new Change(1, false, Long.MIN_VALUE))).isNull();
  }

  /** Beside a model that keeps each minute by itself. */
  @Test
  void whateverIsReadAndChangedItHasWhatWasReadLast() {
    Random random = new Random(7);
    KeptCandles kept = null;
    TreeMap<Long, Boolean> known = new TreeMap<>();
    for (int i = 0; i < 3_000; i++) {
      long from = NOW - 60L * (1 + random.nextInt(3_000));
      long to = from + 60L * (1 + random.nextInt(random.nextInt(5) == 0 ? 1_500 : 40));
      to = to >= NOW ? CandleRows.OPEN : to;
      if (random.nextInt(4) == 0 && kept != null) {
        kept = kept.without(new Change(1, false, from * 1_000_000 + 59_999_999));
        known.tailMap(from, true).clear();
      } else {
        KeptCandles read = read(from, to, NOW);
        kept = kept == null ? read : read.over(kept);
        for (long ts = from; ts < Math.min(to, NOW + 120); ts += 60) {
          known.put(ts, ts % 180 != 0);
        }
      }
      if (kept != null) {
        compare(kept, known, NOW - 60L * random.nextInt(3_000), random);
      }
    }
  }

  private static void compare(
      KeptCandles kept, TreeMap<Long, Boolean> known, long from, Random random) {
    long to = Math.min(NOW + 120, from + 60L * (1 + random.nextInt(300)));
    int most = 1 + random.nextInt(200);
    List<Long> rows = new ArrayList<>();
    long at = from;
    while (at < to && known.containsKey(at) && rows.size() < most) {
      if (known.getOrDefault(at, false)) {
        rows.add(at);
      }
      at += 60;
    }
    Found first = kept.first(from, to, most, false);
    assertThat(starts(first)).isEqualTo(rows);
    assertThat(first == null ? from : first.to()).isEqualTo(rows.size() == most ? to : at);
    long end = to;
    while (end > from && !known.containsKey(end - 60)) {
      end -= 60;
    }
    List<Long> back = new ArrayList<>();
    long start = end;
    while (start > from && known.containsKey(start - 60) && back.size() < most) {
      start -= 60;
      if (known.getOrDefault(start, false)) {
        back.add(0, start);
      }
    }
    boolean whole = end > from && (start == from || back.size() == most);
    Found last = kept.last(from, to, most, false);
    assertThat(last != null).as("from %d to %d", from, to).isEqualTo(whole);
    assertThat(starts(last)).isEqualTo(whole ? back : List.of());
    assertThat(last == null ? end : last.to()).isEqualTo(end);
  }
}
