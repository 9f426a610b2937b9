package dev.candlewick.server.feature;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.feature.FeatureCheck.Asked;
import dev.candlewick.server.feature.FeatureCheck.Different;
import dev.candlewick.server.feature.FeatureCheck.Found;
import dev.candlewick.server.feature.FeatureCheck.Sample;
import dev.candlewick.server.feature.FeatureRowRepository.Of;
import dev.candlewick.server.feature.Windows.Window;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.util.List;

/** Compares rows of a feature set with what its candles come to. */
final class SetCheck implements Sample {
  private static final long MICROS = 1_000_000;

  /** Rows in a window. */
  private static final int ROWS = 200;

  private final FeatureSet set;
  private final SetWork work;
  private final Candles candles;
  private final FeatureRowRepository rows;
  private long dropped;

  SetCheck(FeatureSet set, SetWork work, Candles candles, FeatureRowRepository rows) {
    this.set = set;
    this.work = work;
    this.candles = candles;
    this.rows = rows;
  }

  @Override
  public Future<List<Window>> windows(Asked asked) {
    Timeframe timeframe = set.timeframe();
    return rows.dropped(set.name(), timeframe.longestSeconds())
        .compose(
            known -> {
              dropped = known.candles();
              long from = Math.max(asked.from(), Math.max(known.rows(), dropped));
              Range range = new Range(from * MICROS, Math.max(from, asked.to()) * MICROS);
              return candles.find(asked.instrument(), Wanted.of(timeframe, range, 1));
            })
        .map(
            first ->
                first.isEmpty()
                    ? List.of()
                    : Windows.of(first.get(0).ts(), asked.to(), ROWS * timeframe.longestSeconds()));
  }

  @Override
  public Future<Found> look(int instrument, Window window) {
    long from = set.timeframe().bucket(window.from());
    return hasBefore(instrument, from)
        .compose(
            has ->
                has
                    ? work.read(instrument, null, from, window.to(), 2 * ROWS)
                        .compose(read -> compare(instrument, from, window.to(), read))
                    : Future.succeededFuture(Found.NOTHING));
  }

  /** Whether the candles before, from which the values follow, have not been dropped since. */
  private Future<Boolean> hasBefore(int instrument, long from) {
    if (dropped == 0) {
      return Future.succeededFuture(true);
    }
    Range before = new Range(dropped * MICROS, Math.max(from, dropped) * MICROS);
    return candles
        .find(instrument, Wanted.last(set.timeframe(), before, work.before()))
        .map(found -> found.size() == work.before());
  }

  private Future<Found> compare(int instrument, long from, long to, SetWork.Read read) {
    return rows.different(
            new Of(set.name(), "feature_version", set.version()), instrument, from, to, read.rows())
        .map(
            found ->
                new Found(
                    read.closed().size(),
                    found.stream()
                        .map(
                            row ->
                                new Different(row.ts(), "row of " + set.name() + ": " + row.told()))
                        .toList()));
  }
}
