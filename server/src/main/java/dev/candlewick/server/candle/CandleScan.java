package dev.candlewick.server.candle;

import dev.candlewick.net.Problem;
import io.vertx.core.Future;

/**
 * Reads one page, window by window in reading order, until it is full or the range ends. A window
 * starts and ends at a bucket boundary. If there was nothing, it jumps to where data resumes; if
 * there is little, it takes larger and larger windows.
 */
final class CandleScan {
  private static final long MOST_TRADED_SECONDS = 30 * 86_400L;
  private static final long FIRST_TRADED_SECONDS = 3_600;

  /** Rows in a window: reading and folding more would hold up the event loop's other requests. */
  private static final long MOST_STORED_ROWS = 16_000;

  /** A window that cost more than this is not followed by a larger one. */
  private static final long COSTLY = MOST_STORED_ROWS / 2;

  /**
   * One that cost less shows that there is little data: windows so many times as wide may follow.
   */
  private static final long SPARSE = MOST_STORED_ROWS / 64;

  private static final int WIDER = 8;

  /** How much longer each further stretch is when looking for any data at all. */
  private static final int FARTHER = 8;

  private final CandleRepository repository;
  private final Series series;
  private final Slice slice;
  private final long now;
  private final Buckets buckets;
  private final Answer answer;

  /** The starts of the first and the last bucket of the range. */
  private final long low;

  private final long high;
  private final long widest;
  private long width;
  private long spent;

  CandleScan(CandleRepository repository, Series series, Slice slice, long now) {
    this.repository = repository;
    this.series = series;
    this.slice = slice;
    this.now = now;
    this.buckets = series.buckets();
    this.answer = new Answer(series, slice, now);
    this.low = buckets.ceil(slice.from());
    this.high = buckets.floor(slice.to(now) - 1);
    long length = series.timeframe().longestSeconds();
    boolean traded = series.level().isTrades();
    this.widest = traded ? MOST_TRADED_SECONDS : MOST_STORED_ROWS * series.level().seconds();
    // A quarter more than would be enough without gaps.
    long wanted = (slice.limit() * 5L / 4 + 2) * length;
    this.width = Math.min(wanted, traded ? Math.max(FIRST_TRADED_SECONDS, length) : widest);
  }

  /** The page; fails with 400 if not even one candle of the timeframe can be folded. */
  Future<CandlePage> page() {
    return low > high
        ? Future.succeededFuture(answer.page(false))
        : pageFrom(slice.backwards() ? high : low);
  }

  /** Continues reading from the bucket that starts at {@code at}. */
  private Future<CandlePage> pageFrom(long at) {
    long first = slice.backwards() ? bottom(at) : at;
    long last = slice.backwards() ? at : Math.min(high, buckets.floor(at + width - 1));
    return repository
        .parts(series, first, buckets.end(last), now)
        .compose(parts -> parts.cut() ? again(first, last) : add(parts, first, last));
  }

  private long bottom(long at) {
    // There is next to nothing in the accepted future: the width is counted from now.
    long top = Math.min(buckets.end(at), now);
    return Math.min(at, Math.max(low, buckets.ceil(top - width)));
  }

  private Future<CandlePage> again(long first, long last) {
    if (first == last) {
      throw Problem.badParameter(
          "timeframe",
          "is too long: a candle may be folded from " + PartRepository.MOST + " rows at most");
    }
    width = Math.max(1, (buckets.end(last) - first) / 8);
    return pageFrom(slice.backwards() ? last : first);
  }

  private Future<CandlePage> add(Parts parts, long first, long last) {
    answer.add(CandleFold.candles(parts, series.level(), buckets, now));
    long cost = parts.cost(series.level());
    spent += cost;
    long next = slice.backwards() ? buckets.previous(first) : buckets.next(last);
    boolean ended = slice.backwards() ? next < low : next > high;
    boolean enough = answer.isFull() || (spent >= PartRepository.MOST && !answer.isEmpty());
    if (enough || ended) {
      return Future.succeededFuture(answer.page(answer.isFull() || !ended));
    }
    if (cost < COSTLY) {
      width = Math.min(2 * width, cost < SPARSE ? WIDER * widest : Math.max(width, widest));
    }
    return cost > 0 ? pageFrom(next) : jump(next, 2 * width);
  }

  /**
   * Continues where data resumes after the bucket {@code at}. It is looked for in longer and longer
   * stretches, because a statement over everything that may follow is planned for every chunk of
   * it.
   */
  private Future<CandlePage> jump(long at, long length) {
    long from = slice.backwards() ? Math.max(low, buckets.end(at) - length) : at;
    long to = slice.backwards() ? buckets.end(at) : Math.min(buckets.end(high), at + length);
    boolean all = slice.backwards() ? from == low : to == buckets.end(high);
    return repository
        .nearest(series, from, to, slice.backwards())
        .compose(
            nearest -> {
              if (nearest.isPresent()) {
                return pageFrom(buckets.floor(nearest.getAsLong()));
              }
              long next = slice.backwards() ? buckets.floor(from) : buckets.floor(to);
              return all
                  ? Future.succeededFuture(answer.page(false))
                  : jump(next, FARTHER * length);
            });
  }
}
