package dev.candlewick.server.candle;

import dev.candlewick.server.candle.KeptCandles.Found;
import dev.candlewick.server.candle.KeptCandles.Piece;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.memory.Memory.Part;
import dev.candlewick.server.memory.Memory.Reading;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One page of rows of candles, answered from memory: entirely if all of it is kept; otherwise its
 * end is read and combined with what is kept before that; otherwise all of it is read.
 */
final class CandleRecall<T> {
  private static final long MICROS = 1_000_000;
  private static final long DAY = 86_400;

  /** Read in addition to those wanted: one shows that there are more, others are not closed. */
  private static final int SPARE = 3;

  /**
   * Up to so many buckets, plus a quarter of the limit, may be missing at the end; with more,
   * everything is read.
   */
  private static final int MISSING = 16;

  private final Candles candles;
  private final Memory memory;
  private final Series series;
  private final Slice slice;
  private final Kind kind;
  private final Form<T> form;
  private final Buckets buckets;
  private final boolean backwards;
  private final long from;

  /** Which rows are wanted, and where the candles that they are made from are read. */
  record Kind(Object key, PerCandle rows, Words words, Function<Slice, Future<CandlePage>> read) {}

  /** What the answer is made of: ascending rows. */
  @FunctionalInterface
  interface Form<T> {
    T of(List<Piece> pieces, @Nullable Position next);
  }

  CandleRecall(
      Candles candles, Memory memory, Series series, Slice slice, Kind kind, Form<T> form) {
    this.candles = candles;
    this.memory = memory;
    this.series = series;
    this.slice = slice;
    this.kind = kind;
    this.form = form;
    this.buckets = series.buckets();
    this.backwards = slice.backwards();
    this.from = buckets.ceil(slice.from());
  }

  Future<T> page() {
    long now = candles.now();
    long to = to(now);
    if (from >= to) {
      return Future.succeededFuture(form.of(List.of(), null));
    }
    Found kept = find(to, now);
    if (kept == null) {
      return read();
    }
    if (kept.to() < to) {
      return readEnd(kept.to());
    }
    Future<Void> answer = memory.ask();
    // While the database is being asked.
    T page = cut(kept.pieces(), null);
    return answer.transform(asked -> asked.succeeded() ? again(kept, page) : read());
  }

  private Future<T> asked(Supplier<Future<T>> then) {
    return memory.ask().transform(answer -> answer.succeeded() ? then.get() : read());
  }

  /** The end of the range, as a bucket start. */
  private long to(long now) {
    long to = slice.to(now);
    return to == now + DAY ? CandleRows.OPEN : buckets.ceil(to);
  }

  /** What is kept of it, up to a time; null if that is of no use. */
  private @Nullable Found find(long to, long now) {
    KeptCandles kept = (KeptCandles) memory.get(series.instrument(), kind.key());
    KeptCandles valid = kept == null ? null : kept.at(now);
    if (valid == null) {
      return null;
    }
    int most = slice.limit() + 1;
    Found found =
        backwards
            ? valid.last(from, to, most, slice.closedOnly())
            : valid.first(from, to, most, slice.closedOnly());
    return found == null || found.to() == to || missing(found.to(), now) <= most(slice.limit())
        ? found
        : null;
  }

  private static int most(int limit) {
    return MISSING + limit / 4;
  }

  private long missing(long since, long now) {
    return Math.max(0, now - since) / series.timeframe().longestSeconds();
  }

  /** All of it was kept a moment ago; the page is valid if the same pieces are still kept. */
  private Future<T> again(Found before, T page) {
    long now = candles.now();
    long to = to(now);
    Found kept = find(to, now);
    if (kept == null) {
      return read();
    }
    if (kept.to() < to) {
      return readEnd(kept.to());
    }
    memory.answered(Part.ALL);
    return Future.succeededFuture(kept.equals(before) ? page : cut(kept.pieces(), null));
  }

  /** Reads from a start on; what is kept before that is valid if it still is afterwards. */
  private Future<T> readEnd(long since) {
    long now = candles.now();
    int most = (int) missing(since, now) + SPARE;
    Range range = new Range(since * MICROS, slice.to(now) * MICROS);
    Slice end = new Slice(range, most, true, null, Fill.NONE, false);
    Reading reading = memory.begin(series.instrument());
    return read(end, reading, page -> rows(since, to(now), page.candles(), true))
        .compose(
            read -> {
              if (read.next() != null) {
                memory.end(reading);
                return read();
              }
              memory.put(reading, kind.key(), new KeptCandles(buckets, now, read.rows()));
              return asked(() -> together(since, read.rows()));
            });
  }

  /** Rows that were read, and where the next page of their candles starts. */
  private record Read(CandleRows rows, @Nullable Position next) {}

  /** Ends the reading if it fails, wherever it does. */
  private Future<Read> read(
      Slice of, Reading reading, Function<CandlePage, Future<CandleRows>> rows) {
    return kind.read()
        .apply(of)
        .compose(page -> rows.apply(page).map(made -> new Read(made, page.next())))
        .onFailure(failed -> memory.end(reading));
  }

  private Future<T> together(long since, CandleRows rows) {
    Found kept = from < since ? find(since, candles.now()) : new Found(List.of(), since);
    if (kept == null || kept.to() < since) {
      return read();
    }
    memory.answered(Part.SOME);
    List<Piece> pieces = new ArrayList<>(kept.pieces());
    KeptCandles.take(pieces, rows, 0, rows.count(), rows.count(), slice.closedOnly());
    return Future.succeededFuture(cut(pieces, null));
  }

  private Future<T> read() {
    long now = candles.now();
    Slice wider =
        new Slice(
            slice.range(),
            slice.limit() + SPARE,
            slice.descending(),
            slice.position(),
            Fill.NONE,
            false);
    Reading reading = memory.begin(series.instrument());
    memory.answered(Part.NONE);
    return read(wider, reading, page -> rows(page, now))
        .compose(read -> keep(read.rows(), read.next(), reading, now));
  }

  private Future<T> keep(CandleRows rows, @Nullable Position next, Reading reading, long now) {
    if (rows.from() < rows.to() && (next == null || rows.count() > slice.limit())) {
      memory.put(reading, kind.key(), new KeptCandles(buckets, now, rows));
    } else {
      memory.end(reading);
    }
    List<Piece> pieces = new ArrayList<>();
    int closed = KeptCandles.take(pieces, rows, 0, rows.count(), rows.count(), slice.closedOnly());
    if (slice.closedOnly() && next != null && closed <= slice.limit()) {
      return kind.read().apply(slice).compose(this::plain);
    }
    return Future.succeededFuture(cut(pieces, next));
  }

  private Future<T> plain(CandlePage page) {
    return rows(page, candles.now())
        .map(rows -> form.of(List.of(new Piece(rows, 0, rows.count())), page.next()));
  }

  /** The stretch that was read: up to its last candle, or back to its first, if more follow. */
  private Future<CandleRows> rows(CandlePage page, long now) {
    List<Candle> read = page.candles();
    long first = from;
    long end = to(now);
    if (page.next() != null && !read.isEmpty()) {
      long last = read.get(slice.descending() ? 0 : read.size() - 1).ts();
      first = backwards ? read.get(slice.descending() ? read.size() - 1 : 0).ts() : first;
      end = backwards ? end : buckets.next(last);
    }
    return rows(first, end, read, slice.descending());
  }

  private Future<CandleRows> rows(long first, long end, List<Candle> read, boolean descending) {
    List<Candle> ascending = new ArrayList<>(read);
    if (descending) {
      Collections.reverse(ascending);
    }
    return kind.rows()
        .of(ascending)
        .map(row -> CandleRows.of(first, end, ascending, row, kind.words()));
  }

  /**
   * As many of these ascending candles as are wanted.
   *
   * @param next where the next page starts if there are no more than that
   */
  private T cut(List<Piece> pieces, @Nullable Position next) {
    int over = pieces.stream().mapToInt(Piece::count).sum() - slice.limit();
    if (over <= 0) {
      return form.of(pieces, next);
    }
    List<Piece> wanted = new ArrayList<>(pieces);
    while (over > 0) {
      int at = backwards ? 0 : wanted.size() - 1;
      Piece piece = wanted.remove(at);
      if (piece.count() > over) {
        wanted.add(at, backwards ? piece.withoutFirst(over) : piece.withoutLast(over));
      }
      over -= Math.min(over, piece.count());
    }
    return form.of(wanted, after(wanted));
  }

  private Position after(List<Piece> pieces) {
    Piece last = pieces.get(backwards ? 0 : pieces.size() - 1);
    int at = backwards ? last.first() : last.end() - 1;
    long start = last.rows().starts()[at];
    return new Position(
        backwards ? buckets.previous(start) : buckets.next(start), last.rows().closes()[at]);
  }
}
