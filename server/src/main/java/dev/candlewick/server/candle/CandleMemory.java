package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.KeptCandles.Piece;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.web.Times;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers with JSON from memory, and keeps there what it has to read. The answers are what {@link
 * Candles} would find; {@link dev.candlewick.server.memory} explains why.
 */
public final class CandleMemory {
  /** What follows the rows in a document, except the cursor. */
  private static final String END = "],\"next_cursor\":}";

  private final Candles candles;
  private final Memory memory;

  /** Keeps what {@code candles} finds. */
  public CandleMemory(Candles candles, Memory memory) {
    this.candles = candles;
    this.memory = memory;
  }

  /**
   * A page as a JSON document.
   *
   * @param nextCursor null on the last page
   */
  public record Page(Buffer document, @Nullable String nextCursor) {}

  /**
   * Everything that the rows and their JSON depend on.
   *
   * @param computed what is computed from the candles; empty for themselves
   * @param closedOnly whether it is computed from closed candles only
   */
  record Key(
      Timeframe timeframe,
      ZoneId zone,
      boolean session,
      Instrument instrument,
      Times unit,
      List<String> computed,
      boolean closedOnly) {
    static Key of(CandleQuery query, Instrument instrument, Times unit, List<String> computed) {
      return new Key(
          query.timeframe(),
          query.zone(),
          query.session(),
          instrument,
          unit,
          computed,
          !computed.isEmpty() && query.closedOnly());
    }
  }

  /** Whether it handles such queries: those that are asked over and over. */
  public boolean takes(CandleQuery query) {
    return memory.isOn() && query.slice().fill() == Fill.NONE && query.source() == Source.AUTO;
  }

  /**
   * One page of candles; fails with 404 if there is no such instrument.
   *
   * @param frame the document of a page without candles
   */
  Future<Page> page(CandleQuery query, Times unit, Function<CandlePage, Buffer> frame) {
    return candles
        .instrument(query)
        .compose(
            found -> {
              CandleHistory history = new CandleHistory(candles, memory, query, found, unit);
              return history.recall(
                  query.slice(), (pieces, next) -> json(query, frame, pieces, next));
            });
  }

  /**
   * One page of what is computed from candles; fails with 404 if there is no such instrument.
   *
   * @param columns what follows {@code ts}, {@code close} and {@code closed} in a row
   * @param rows computes the rows from these candles and those before them
   * @param frame the document of a page without rows
   */
  public Future<Page> page(
      CandleQuery query,
      Times unit,
      List<String> columns,
      Function<CandleHistory, PerCandle> rows,
      Function<CandlePage, Buffer> frame) {
    return candles
        .instrument(query)
        .compose(
            found -> {
              CandleHistory history = new CandleHistory(candles, memory, query, found, unit);
              CandleRecall.Kind kind =
                  new CandleRecall.Kind(
                      Key.of(query, found, unit, columns),
                      rows.apply(history),
                      words(columns),
                      history::page);
              return history.recall(
                  kind, query.slice(), (pieces, next) -> json(query, frame, pieces, next));
            });
  }

  private static Words words(List<String> columns) {
    List<String> words = new ArrayList<>();
    words.add("{\"ts\":");
    words.add(",\"close\":");
    words.add(",\"closed\":true,\"" + columns.get(0) + "\":");
    words.add(",\"closed\":false,\"" + columns.get(0) + "\":");
    columns.stream().skip(1).map(column -> ",\"" + column + "\":").forEach(words::add);
    return new Words(words);
  }

  /** Written once, straight to its place: a thousand candles are 200 kB. */
  private static Page json(
      CandleQuery query,
      Function<CandlePage, Buffer> frame,
      List<Piece> pieces,
      @Nullable Position next) {
    CandlePage empty = new CandlePage(List.of(), next);
    Buffer around = frame.apply(empty);
    String cursor = empty.nextCursor(query);
    int end = around.length();
    int list = end - END.length() - (cursor == null ? "null" : '"' + cursor + '"').length();
    int rows = pieces.stream().mapToInt(piece -> piece.bytes() + 1).sum();
    byte[] json = new byte[end + Math.max(0, rows - 1)];
    around.getBytes(0, list, json, 0);
    int at = write(json, list, pieces, query.slice().descending());
    around.getBytes(list, end, json, at);
    return new Page(BufferInternal.buffer(Unpooled.wrappedBuffer(json)), cursor);
  }

  private static int write(byte[] json, int list, List<Piece> pieces, boolean descending) {
    int at = list;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(descending ? pieces.size() - 1 - i : i);
      if (at > list) {
        json[at++] = ',';
      }
      at =
          descending
              ? piece.rows().writeDescending(json, at, piece.first(), piece.end())
              : piece.rows().write(json, at, piece.first(), piece.end());
    }
    return at;
  }
}
