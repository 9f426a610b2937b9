package dev.candlewick.ingest.kafka;

import dev.candlewick.ingest.decode.DecodeException;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.decode.Envelope;
import dev.candlewick.ingest.decode.JsonDecoder;
import dev.candlewick.ingest.decode.RawRow;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.record.MarketKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of a Kafka record: a message of the WebSocket protocol without its {@code seq}, or one
 * row with its venue and symbol. A value that cannot be read is one rejected row.
 */
final class KafkaValue {
  private static final byte[] ROWS = "\"rows\"".getBytes(StandardCharsets.US_ASCII);

  private final Intake intake;
  private final int maxBytes;

  /** No welcome tells a producer how many rows a message may have, so it is as many as by REST. */
  private final JsonDecoder decoder = new JsonDecoder(Intake.MAX_REQUEST_ROWS);

  KafkaValue(Intake intake, int maxBytes) {
    this.intake = intake;
    this.maxBytes = maxBytes;
  }

  /** What a value contains. */
  record Read(RowType type, Message.Checked checked) {}

  /** Reads a value; null, which a compacted topic has for deleted keys, contains nothing. */
  Read read(byte @Nullable [] value) {
    if (value == null) {
      return new Read(RowType.TRADES, new Message.Checked(List.of(), List.of()));
    }
    try {
      if (value.length > maxBytes) {
        throw new DecodeException(Fault.TOO_LARGE, "a value of more than " + maxBytes + " bytes");
      }
      return isMessage(value) ? message(value) : row(value);
    } catch (DecodeException e) {
      Rejection rejection =
          new Rejection(
              0, null, Rejection.Code.BAD_TYPE, "the value cannot be read: " + e.detail());
      return new Read(RowType.TRADES, new Message.Checked(List.of(), List.of(rejection)));
    }
  }

  /** Rows have no such field; in a message it comes early. */
  private static boolean isMessage(byte[] value) {
    for (int at = 0; at <= value.length - ROWS.length; at++) {
      if (value[at] == '"' && Arrays.equals(value, at, at + ROWS.length, ROWS, 0, ROWS.length)) {
        return true;
      }
    }
    return false;
  }

  private Read message(byte[] value) throws DecodeException {
    Envelope envelope = decoder.decode(value);
    RowType type = envelope.rowType();
    return new Read(
        type, intake.check(type, envelope, value, IngestKey.NONE, intake.requestRecords()));
  }

  private Read row(byte[] value) throws DecodeException {
    RawRow row = decoder.decodeRow(value, 0, value.length);
    MarketKind kind = kind(row);
    Envelope.Defaults none = new Envelope.Defaults(null, null, null, null);
    return new Read(RowType.of(kind), intake.check(kind, none, List.of(row)));
  }

  /** A candle has an open, a quote has a side of the book; anything else should be a trade. */
  private static MarketKind kind(RawRow row) {
    if (row.has(Field.OPEN)) {
      return MarketKind.CANDLES;
    }
    return row.has(Field.BID) || row.has(Field.ASK) ? MarketKind.QUOTES : MarketKind.TRADES;
  }
}
