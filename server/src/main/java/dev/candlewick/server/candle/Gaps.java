package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Coverage.State;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.time.ZoneOffset;
import java.util.List;

/** Missing 1m candles without a good reason. */
public final class Gaps {
  /** Days whose minutes fit into one query. */
  public static final int MOST_DAYS = 120;

  private static final Timeframe MINUTE = Timeframe.ofSeconds(60);
  private static final long MICROS = 1_000_000;

  /** For an instrument that trades in nearly every minute, gaps matter from five minutes on. */
  private static final int SHORTEST = 5;

  private static final double DENSE = 0.9;

  private final Candles candles;
  private final CoverageRepository evidence;

  public Gaps(Candles candles, CoverageRepository evidence) {
    this.candles = candles;
    this.evidence = evidence;
  }

  /** Consecutive missing minutes; {@code from} in seconds since the epoch. */
  public record Gap(long from, long missing) {}

  /**
   * What is missing while the market is open: wherever the venue's ids have a hole, and, for an
   * instrument that has nine of ten minutes, every unexplained gap of five minutes or more.
   *
   * @param expected minutes in which the market was open
   * @param present those of them that have a candle
   */
  public record Found(long expected, long present, List<Gap> gaps) {}

  /** For a range of at most {@link #MOST_DAYS}, in seconds since the epoch. */
  public Future<Found> find(String venue, String symbol, long from, long to) {
    Slice slice =
        new Slice(new Range(from * MICROS, to * MICROS), 1, false, null, Fill.NONE, false);
    CandleQuery query =
        new CandleQuery(venue, symbol, MINUTE, ZoneOffset.UTC, false, Source.AUTO, slice);
    return candles
        .held(query)
        .compose(
            held -> {
              Coverage coverage = Coverage.of(query, held);
              return evidence
                  .prove(held.instrument().id(), coverage.gaps(), held.firstData())
                  .map(gaps -> found(coverage, gaps));
            });
  }

  private static Found found(Coverage coverage, List<Coverage.Gap> gaps) {
    boolean dense = coverage.present() >= DENSE * coverage.expected();
    return new Found(
        coverage.expected(),
        coverage.present(),
        gaps.stream()
            .filter(
                gap ->
                    gap.state() == State.FEED_DOWN
                        || (dense && gap.state() == State.UNKNOWN && gap.missing() >= SHORTEST))
            .map(gap -> new Gap(gap.from(), gap.missing()))
            .toList());
  }
}
