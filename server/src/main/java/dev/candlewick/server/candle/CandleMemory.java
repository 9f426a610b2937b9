package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.KeptCandles.Piece;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
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
  private final Candles candles;
  private final Memory memory;

  /** Keeps what {@code candles} finds. */
  public CandleMemory(Candles candles, Memory memory) {
    this.candles = candles;
    this.memory = memory;
  }

  /**
   * A page as JSON.
   *
   * @param rows as ASCII, without the brackets of their list
   * @param empty the same page without candles
   */
  public record Page(byte[] rows, CandlePage empty) {
    /** What follows the rows in a document, except the cursor. */
    private static final String END = "],\"next_cursor\":}";

    /** Puts the rows into the document of the empty page. */
    public Buffer in(Buffer document, @Nullable String cursor) {
      int end = document.length();
      int list = end - END.length() - (cursor == null ? "null" : '"' + cursor + '"').length();
      return Buffer.buffer(end + rows.length)
          .appendBuffer(document, 0, list)
          .appendBytes(rows)
          .appendBuffer(document, list, end - list);
    }
  }

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

  /** One page of candles; fails with 404 if there is no such instrument. */
  Future<Page> page(CandleQuery query, Times unit) {
    return candles
        .instrument(query)
        .compose(
            found -> {
              CandleHistory history = new CandleHistory(candles, memory, query, found, unit);
              return history.recall(query.slice(), (pieces, next) -> json(query, pieces, next));
            });
  }

  /**
   * One page of what is computed from candles; fails with 404 if there is no such instrument.
   *
   * @param columns what follows {@code ts}, {@code close} and {@code closed} in a row
   * @param rows computes the rows from these candles and those before them
   */
  public Future<Page> page(
      CandleQuery query,
      Times unit,
      List<String> columns,
      Function<CandleHistory, PerCandle> rows) {
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
                  kind, query.slice(), (pieces, next) -> json(query, pieces, next));
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

  private static Page json(CandleQuery query, List<Piece> pieces, @Nullable Position next) {
    int bytes = pieces.stream().mapToInt(piece -> piece.bytes() + 1).sum();
    byte[] json = new byte[Math.max(0, bytes - 1)];
    boolean descending = query.slice().descending();
    int at = 0;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(descending ? pieces.size() - 1 - i : i);
      if (at > 0) {
        json[at++] = ',';
      }
      at =
          descending
              ? piece.rows().writeDescending(json, at, piece.first(), piece.end())
              : piece.rows().write(json, at, piece.first(), piece.end());
    }
    return new Page(json, new CandlePage(List.of(), next));
  }
}
