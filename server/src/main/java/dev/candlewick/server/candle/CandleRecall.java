package dev.candlewick.server.candle;

import dev.candlewick.server.candle.CandleMemory.Page;
import dev.candlewick.server.candle.KeptCandles.Found;
import dev.candlewick.server.candle.KeptCandles.Piece;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.memory.Memory.Part;
import dev.candlewick.server.memory.Memory.Reading;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request, answered from memory: entirely if all of it is kept; otherwise its end is read and
 * combined with what is kept before that; otherwise all of it is read.
 */
final class CandleRecall {
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
  private final Times unit;
  private final CandleMemory.Key key;
  private final Buckets buckets;
  private final boolean backwards;
  private final long from;

  CandleRecall(
      Candles candles, Memory memory, CandleQuery query, Instrument instrument, Times unit) {
    this.candles = candles;
    this.memory = memory;
    this.series = Candles.series(query, instrument);
    this.slice = query.slice();
    this.unit = unit;
    this.key = CandleMemory.Key.of(query, instrument, unit);
    this.buckets = series.buckets();
    this.backwards = slice.backwards();
    this.from = buckets.ceil(slice.from());
  }

  Future<Page> page() {
    long now = candles.now();
    long to = to(now);
    if (from >= to) {
      return Future.succeededFuture(new Page(new byte[0], null));
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
    Page page = cut(kept.pieces(), null);
    return answer.transform(asked -> asked.succeeded() ? again(kept, page) : read());
  }

  private Future<Page> asked(Supplier<Future<Page>> then) {
    return memory.ask().transform(answer -> answer.succeeded() ? then.get() : read());
  }

  /** The end of the range, as a bucket start. */
  private long to(long now) {
    long to = slice.to(now);
    return to == now + DAY ? CandleRows.OPEN : buckets.ceil(to);
  }

  /** What is kept of it, up to a time; null if that is of no use. */
  private @Nullable Found find(long to, long now) {
    KeptCandles kept = (KeptCandles) memory.get(series.instrument(), key);
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
  private Future<Page> again(Found before, Page page) {
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
  private Future<Page> readEnd(long since) {
    long now = candles.now();
    int most = (int) missing(since, now) + SPARE;
    Range range = new Range(since * MICROS, slice.to(now) * MICROS);
    Slice end = new Slice(range, most, true, null, Fill.NONE, false);
    Reading reading = memory.begin(series.instrument());
    return candles
        .page(series, end)
        .onFailure(failed -> memory.end(reading))
        .compose(
            page -> {
              if (page.next() != null) {
                memory.end(reading);
                return read();
              }
              List<Candle> ascending = new ArrayList<>(page.candles());
              Collections.reverse(ascending);
              CandleRows rows = CandleRows.of(since, to(now), ascending, unit);
              memory.put(reading, key, new KeptCandles(buckets, now, rows));
              return asked(() -> together(since, rows));
            });
  }

  private Future<Page> together(long since, CandleRows rows) {
    Found kept = from < since ? find(since, candles.now()) : new Found(List.of(), since);
    if (kept == null || kept.to() < since) {
      return read();
    }
    memory.answered(Part.SOME);
    List<Piece> pieces = new ArrayList<>(kept.pieces());
    KeptCandles.take(pieces, rows, 0, rows.count(), rows.count(), slice.closedOnly());
    return Future.succeededFuture(cut(pieces, null));
  }

  private Future<Page> read() {
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
    return candles
        .page(series, wider)
        .onFailure(failed -> memory.end(reading))
        .compose(page -> read(page, reading, now));
  }

  private Future<Page> read(CandlePage page, Reading reading, long now) {
    Position next = page.next();
    CandleRows rows = rows(page.candles(), next, now);
    if (rows.from() < rows.to() && (next == null || rows.count() > slice.limit())) {
      memory.put(reading, key, new KeptCandles(buckets, now, rows));
    } else {
      memory.end(reading);
    }
    List<Piece> pieces = new ArrayList<>();
    int closed = KeptCandles.take(pieces, rows, 0, rows.count(), rows.count(), slice.closedOnly());
    if (slice.closedOnly() && next != null && closed <= slice.limit()) {
      return candles.page(series, slice).map(this::plain);
    }
    return Future.succeededFuture(cut(pieces, next));
  }

  private Page plain(CandlePage page) {
    CandleRows rows = rows(page.candles(), page.next(), candles.now());
    return new Page(json(List.of(new Piece(rows, 0, rows.count()))), page.next());
  }

  /** The stretch that was read: up to its last candle, or back to its first, if more follow. */
  private CandleRows rows(List<Candle> read, @Nullable Position next, long now) {
    List<Candle> ascending = new ArrayList<>(read);
    if (slice.descending()) {
      Collections.reverse(ascending);
    }
    long first = from;
    long end = to(now);
    if (next != null && !ascending.isEmpty()) {
      first = backwards ? ascending.get(0).ts() : first;
      end = backwards ? end : buckets.next(ascending.get(ascending.size() - 1).ts());
    }
    return CandleRows.of(first, end, ascending, unit);
  }

  /**
   * As many of these ascending candles as are wanted.
   *
   * @param next where the next page starts if there are no more than that
   */
  private Page cut(List<Piece> pieces, @Nullable Position next) {
    int over = pieces.stream().mapToInt(Piece::count).sum() - slice.limit();
    if (over <= 0) {
      return new Page(json(pieces), next);
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
    return new Page(json(wanted), after(wanted));
  }

  private Position after(List<Piece> pieces) {
    Piece last = pieces.get(backwards ? 0 : pieces.size() - 1);
    int at = backwards ? last.first() : last.end() - 1;
    long start = last.rows().starts()[at];
    return new Position(
        backwards ? buckets.previous(start) : buckets.next(start), last.rows().closes()[at]);
  }

  private byte[] json(List<Piece> pieces) {
    int bytes = pieces.stream().mapToInt(piece -> piece.bytes() + 1).sum();
    byte[] json = new byte[Math.max(0, bytes - 1)];
    int at = 0;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(slice.descending() ? pieces.size() - 1 - i : i);
      if (at > 0) {
        json[at++] = ',';
      }
      at =
          slice.descending()
              ? piece.rows().writeDescending(json, at, piece.first(), piece.end())
              : piece.rows().write(json, at, piece.first(), piece.end());
    }
    return json;
  }
}
