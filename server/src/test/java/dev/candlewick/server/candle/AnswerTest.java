package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.web.Range;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
  private static final long MINUTE = 60;
  private static final Timeframe TIMEFRAME = Timeframe.parse("1m").orElseThrow();
  private static final Series SERIES =
      new Series(1, TIMEFRAME, Buckets.utc(TIMEFRAME), Source.AUTO);

  /** Minutes 0, 1, 5, 6 and 12 were traded. */
  private static final List<Candle> TRADED =
      List.of(candle(0), candle(1), candle(5), candle(6), candle(12));

  private static Candle candle(long minute) {
    double price = 100 + minute;
    Part part = new Part(minute * MINUTE, price, price, price, price, 1, 1, 1, 1, Part.BUILT);
    return Candle.of(part, minute < 12);
  }

  private static Slice slice(int limit, boolean descending, Fill fill) {
    Range range = new Range(0L, null);
    return new Slice(range, limit, descending, null, fill, false);
  }

  /** Every page, each read from where the one before ended. */
  private static List<Candle> all(Slice first) {
    List<Candle> all = new ArrayList<>();
    Slice slice = first;
    CandlePage page;
    do {
      Answer answer = new Answer(SERIES, slice, 0);
      Slice here = slice;
      answer.add(
          TRADED.stream().filter(c -> c.ts() >= here.from() && c.ts() < here.to(86_400)).toList());
      page = answer.page(answer.isFull());
      assertThat(page.candles()).hasSizeBetween(1, slice.limit());
      all.addAll(page.candles());
      slice = page.next() == null ? slice : slice.at(page.next());
    } while (page.next() != null);
    return all;
  }

  private static List<Long> minutes(List<Candle> candles) {
    return candles.stream().map(candle -> candle.ts() / MINUTE).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 100})
  void yieldsEachCandleOnceOverAllPages(int limit) {
    assertThat(minutes(all(slice(limit, false, Fill.NONE)))).containsExactly(0L, 1L, 5L, 6L, 12L);
    assertThat(minutes(all(slice(limit, true, Fill.NONE)))).containsExactly(12L, 6L, 5L, 1L, 0L);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "7", "12", "13", "14"})
  void fillsWithoutHoleAndWithoutDoubleOverAllPages(int limit) {
    for (Fill fill : List.of(Fill.NULL, Fill.PREVIOUS)) {
      List<Candle> up = all(slice(limit, false, fill));
      List<Candle> down = all(slice(limit, true, fill));

      assertThat(minutes(up))
          .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
      Collections.reverse(down);
      assertThat(down).isEqualTo(up);
      assertThat(up).filteredOn(Candle::filled).hasSize(8);
    }
  }

  @Test
  void fillsFlatAtTheCloseBefore() {
    List<Candle> candles = all(slice(3, true, Fill.PREVIOUS));

    assertThat(candles)
        .filteredOn(Candle::filled)
        .extracting(Candle::open, Candle::close, Candle::volume)
        .startsWith(tuple(106.0, 106.0, 0.0))
        .endsWith(tuple(101.0, 101.0, 0.0));
  }

  @Test
  void leavesFormingCandlesOutWhereOnlyClosedOnesAreAskedFor() {
    Slice closed = new Slice(new Range(0L, null), 10, false, null, Fill.PREVIOUS, true);

    assertThat(minutes(all(closed))).endsWith(5L, 6L).hasSize(7);
  }

  @Test
  void tellsTheLatestCandlesAscendingPageByPageIntoThePast() {
    Slice latest = new Slice(new Range(null, null), 2, false, null, Fill.NONE, false);

    assertThat(minutes(all(latest))).containsExactly(6L, 12L, 1L, 5L, 0L);
  }
}
