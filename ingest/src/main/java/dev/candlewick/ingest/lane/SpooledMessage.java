package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.Kind;
import dev.candlewick.ingest.row.Quote;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.spool.Entry;
import dev.candlewick.record.Timeframe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message as it waits in the spool: its rows as they were checked, so that reading it back asks
 * no clock, no retention and no rule again.
 */
final class SpooledMessage {
  /** Trades of version 1 have no text of their ids, and no action. */
  private static final int VERSION = 2;

  private static final Trade.Action[] ACTIONS = Trade.Action.values();

  private SpooledMessage() {}

  static Entry write(Message message) {
    StreamState stream = message.stream();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + message.rows.size() * 48);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(message.kind.name());
      if (message.kind == Kind.RECORDS) {
        SpooledRecords.write(out, message.rows);
      } else {
        write(out, message.rows, form(message.kind));
      }
      out.writeInt(message.refusedByRule().size());
      for (Rejection rejection : message.refusedByRule()) {
        out.writeInt(rejection.index());
        out.writeUTF(rejection.code().name());
        writeText(out, rejection.field());
        out.writeUTF(rejection.detail());
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return new Entry(
        stream.apiKeyId(),
        stream.stream(),
        stream.epoch(),
        message.seq(),
        System.currentTimeMillis(),
        bytes.toByteArray());
  }

  private static void write(DataOutputStream out, List<Row> rows, Form form) throws IOException {
    out.writeInt(rows.size());
    InstrumentKey last = null;
    for (Row row : rows) {
      InstrumentKey instrument = Objects.requireNonNull(row.instrument(), "instrument");
      out.writeBoolean(instrument.equals(last));
      if (!instrument.equals(last)) {
        last = instrument;
        out.writeUTF(last.venue());
        out.writeUTF(last.symbol());
      }
      out.writeInt(row.index());
      out.writeLong(row.ts());
      form.write(out, row);
    }
  }

  /** How a row's own fields are written. */
  private interface Form {
    void write(DataOutputStream out, Row row) throws IOException;
  }

  private static Form form(Kind kind) {
    return switch (kind) {
      case TRADES -> (out, row) -> writeTrade(out, (Trade) row);
      case QUOTES -> (out, row) -> writeQuote(out, (Quote) row);
      case CANDLES -> (out, row) -> writeCandle(out, (Candle) row);
      case RECORDS -> throw new IllegalStateException("records have a form of their own");
    };
  }

  private static void writeTrade(DataOutputStream out, Trade trade) throws IOException {
    out.writeDouble(trade.price());
    out.writeDouble(trade.size());
    out.writeShort(trade.side());
    out.writeShort(trade.flags());
    out.writeLong(trade.id());
    writeText(out, trade.text());
    out.writeByte(trade.action().ordinal());
  }

  private static void writeQuote(DataOutputStream out, Quote quote) throws IOException {
    writeWhole(out, quote.id());
    writeNumber(out, quote.bid());
    writeNumber(out, quote.bidSize());
    writeNumber(out, quote.ask());
    writeNumber(out, quote.askSize());
    writeNumber(out, quote.last());
    writeNumber(out, quote.volume24h());
  }

  private static void writeCandle(DataOutputStream out, Candle candle) throws IOException {
    out.writeUTF(candle.timeframe().text());
    out.writeDouble(candle.open());
    out.writeDouble(candle.high());
    out.writeDouble(candle.low());
    out.writeDouble(candle.close());
    out.writeDouble(candle.volume());
    writeNumber(out, candle.quoteVolume());
    writeWhole(out, candle.trades());
    writeNumber(out, candle.takerBuyVolume());
    out.writeBoolean(candle.closed());
  }

  /** The message, to be answered to {@code answer}. Fails on a payload of another version. */
  static Message read(Entry entry, Answer answer) throws IOException {
    byte[] payload = entry.payload();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
      int version = in.readByte();
      if (version < 1 || version > VERSION) {
        throw new IOException("payload of version " + version + ", not 1 or " + VERSION);
      }
      Kind kind = Kind.valueOf(in.readUTF());
      List<Row> rows = kind == Kind.RECORDS ? SpooledRecords.read(in) : rows(in, kind, version);
      List<Rejection> rejections = new ArrayList<>(0);
      for (int left = in.readInt(); left > 0; left--) {
        int index = in.readInt();
        Rejection.Code code = Rejection.Code.valueOf(in.readUTF());
        rejections.add(new Rejection(index, readText(in), code, in.readUTF()));
      }
      StreamState stream =
          new StreamState(entry.apiKeyId(), entry.stream(), 0, entry.epoch(), 0, "");
      Message.Checked checked = new Message.Checked(rows, rejections);
      Position position = Position.ofNumber(entry.seq());
      return Message.ofSpool(stream, position, kind, checked, payload.length, answer);
    }
  }

  private static List<Row> rows(DataInputStream in, Kind kind, int version) throws IOException {
    int count = in.readInt();
    List<Row> rows = new ArrayList<>(count);
    InstrumentKey instrument = new InstrumentKey("", "");
    for (int i = 0; i < count; i++) {
      instrument = in.readBoolean() ? instrument : new InstrumentKey(in.readUTF(), in.readUTF());
      int index = in.readInt();
      rows.add(
          kind == Kind.TRADES
              ? trade(in, version, instrument, index, in.readLong())
              : row(in, kind, instrument, index, in.readLong()));
    }
    return rows;
  }

  private static Trade trade(
      DataInputStream in, int version, InstrumentKey instrument, int index, long ts)
      throws IOException {
    return new Trade(
        instrument,
        index,
        ts,
        in.readDouble(),
        in.readDouble(),
        in.readShort(),
        in.readShort(),
        in.readLong(),
        version == 1 ? null : readText(in),
        version == 1 ? Trade.Action.NONE : ACTIONS[in.readByte()]);
  }

  private static Row row(
      DataInputStream in, Kind kind, InstrumentKey instrument, int index, long ts)
      throws IOException {
    return switch (kind) {
      case TRADES -> throw new IllegalArgumentException("a trade is read by its version");
      case QUOTES ->
          new Quote(
              instrument,
              index,
              ts,
              readWhole(in),
              readNumber(in),
              readNumber(in),
              readNumber(in),
              readNumber(in),
              readNumber(in),
              readNumber(in));
      case RECORDS -> throw new IllegalStateException("records have a form of their own");
      case CANDLES -> {
        Timeframe timeframe = Timeframe.parse(in.readUTF()).orElseThrow(IOException::new);
        yield new Candle(
            instrument,
            index,
            timeframe,
            ts,
            in.readDouble(),
            in.readDouble(),
            in.readDouble(),
            in.readDouble(),
            in.readDouble(),
            readNumber(in),
            readWhole(in),
            readNumber(in),
            in.readBoolean());
      }
    };
  }

  private static void writeNumber(DataOutputStream out, @Nullable Double number)
      throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeDouble(number);
    }
  }

  private static @Nullable Double readNumber(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readDouble() : null;
  }

  private static void writeWhole(DataOutputStream out, @Nullable Long number) throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeLong(number);
    }
  }

  private static @Nullable Long readWhole(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readLong() : null;
  }

  private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static @Nullable String readText(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }
}
