package dev.candlewick.server.live;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.indicator.Run;
import dev.candlewick.net.Problem;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.indicator.IndicatorQuery;
import dev.candlewick.server.indicator.IndicatorRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes indicators from the candles that a group sends. The forming candle is a step on a copy
 * of the state; a new candle is one step; from an amended one on everything is recomputed, and sent
 * where it differs.
 */
final class IndicatorFollower implements Subscriber<Candle> {
  /** The most candles before the first row that a subscription keeps. */
  private static final int MOST_BEFORE = 20_000;

  /** Numbers read for a snapshot: about a tenth of a second, during which no one else is served. */
  private static final long MOST_WORK = 30_000_000;

  /** Once there are so many more than needed, they are dropped. */
  private static final int MOST_LEFT = 2 * Start.MOST;

  private final Indicators indicators;
  private final Blocks blocks;
  private final Start start;
  private final Subscriber<IndicatorRow> subscriber;
  private final Run run;

  /** Ascending, with a row for each; none for those that are only needed as history. */
  private final List<Candle> candles = new ArrayList<>();

  private final List<@Nullable IndicatorRow> rows = new ArrayList<>();

  /** How many candles the run has consumed for good. */
  private int settled;

  /** Whether there were older candles that were dropped, or never read. */
  private boolean cut;

  private boolean over;

  IndicatorFollower(
      Indicators indicators,
      Timeframe timeframe,
      Start start,
      Subscriber<IndicatorRow> subscriber) {
    this.indicators = indicators;
    this.blocks = IndicatorQuery.blocks(timeframe);
    this.start = start.withBefore(Math.min(indicators.before(blocks), MOST_BEFORE + 1));
    this.subscriber = subscriber;
    this.run = indicators.run(blocks);
  }

  /** What to ask the group for. */
  Start start() {
    return start;
  }

  @Override
  public void snapshot(List<Candle> read) {
    int first = firstRow(read);
    cut = first >= start.before();
    Problem problem = refusal(first, read.size());
    if (problem != null) {
      over = true;
      subscriber.refused(problem);
      return;
    }
    candles.addAll(read);
    for (int i = 0; i < first; i++) {
      rows.add(null);
    }
    settled = first;
    subscriber.snapshot(compute(first));
  }

  private int firstRow(List<Candle> read) {
    Long from = start.from();
    if (from == null) {
      return Math.max(0, read.size() - start.last());
    }
    int first = 0;
    while (first < read.size() && read.get(first).ts() * 1_000_000 < from) {
      first++;
    }
    return first;
  }

  private @Nullable Problem refusal(int first, int size) {
    if (first > MOST_BEFORE && indicators.before(blocks) > MOST_BEFORE) {
      return Problem.badParameter(
          "indicators",
          "more than "
              + MOST_BEFORE
              + " candles before the first row; ask for a longer timeframe"
              + " or shorter indicators");
    }
    return indicators.work(first, size - first, blocks) > MOST_WORK
        ? Problem.badParameter("indicators", "too much to compute at once; ask for fewer rows")
        : null;
  }

  @Override
  public void update(List<Candle> changed) {
    if (over) {
      return;
    }
    int from = settled;
    List<IndicatorRow> news = new ArrayList<>();
    for (Candle candle : changed) {
      int at = place(candle.ts());
      if ((at == 0 || (candle.filled() && isBefore(at))) && cut) {
        lost();
        return;
      }
      if (candle.filled()) {
        remove(at, candle, news);
      } else {
        put(at, candle);
      }
      from = Math.min(from, at);
    }
    news.addAll(compute(from));
    letGo();
    if (!news.isEmpty()) {
      subscriber.update(news);
    }
  }

  /** Where a candle is, or has to be inserted. */
  private int place(long ts) {
    int at = candles.size();
    while (at > 0 && candles.get(at - 1).ts() >= ts) {
      at--;
    }
    return at;
  }

  private void put(int at, Candle candle) {
    if (at < candles.size() && candles.get(at).ts() == candle.ts()) {
      candles.set(at, candle);
      return;
    }
    boolean before = isBefore(at);
    candles.add(at, candle);
    rows.add(at, before ? null : NOT_TOLD);
  }

  /** A candle that no longer exists, because its trades were cancelled: a row without values. */
  private void remove(int at, Candle candle, List<IndicatorRow> news) {
    if (at == candles.size() || candles.get(at).ts() != candle.ts()) {
      return;
    }
    candles.remove(at);
    IndicatorRow told = rows.remove(at);
    run.restart();
    if (told != null) {
      news.add(IndicatorRow.of(candle, indicators.none()));
    }
  }

  private boolean isBefore(int at) {
    return at < rows.size() && rows.get(at) == null;
  }

  /** The rows from a candle on that differ from what was sent. */
  private List<IndicatorRow> compute(int from) {
    List<IndicatorRow> news = new ArrayList<>();
    int last = candles.size() - 1;
    for (int i = from; i <= last; i++) {
      Candle candle = candles.get(i);
      double[] values = i < last ? run.next(candles, i) : run.peek(candles, i);
      IndicatorRow row = IndicatorRow.of(candle, values);
      if (i == rows.size()) {
        rows.add(NOT_TOLD);
      }
      if (rows.get(i) != null && !row.equals(rows.get(i))) {
        rows.set(i, row);
        news.add(row);
      }
    }
    settled = Math.max(0, last);
    return news;
  }

  private void letGo() {
    int spare = candles.size() - start.before() - MOST_LEFT;
    if (spare > MOST_LEFT) {
      cut = true;
      candles.subList(0, spare).clear();
      rows.subList(0, spare).clear();
      settled = Math.max(0, candles.size() - 1);
      run.restart();
    }
  }

  @Override
  public void refused(Throwable why) {
    subscriber.refused(why);
  }

  @Override
  public void lost() {
    over = true;
    subscriber.lost();
  }

  private static final IndicatorRow NOT_TOLD =
      new IndicatorRow(Long.MIN_VALUE, Double.NaN, false, new double[0]);
}
