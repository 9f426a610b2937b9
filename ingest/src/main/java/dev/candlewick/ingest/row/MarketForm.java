package dev.candlewick.ingest.row;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Market data rows on disk; an instrument is written only where it changes.
 *
 * @param type of the rows
 * @param fields writes the fields specific to the kind
 * @param row reads them into a row, given what precedes them
 */
record MarketForm<R extends Row>(Class<R> type, Fields<R> fields, Reading row) implements RowForm {
  /** What each row starts with. */
  record Head(InstrumentKey instrument, int index, long ts) {}

  interface Fields<R> {
    void write(DataOutputStream out, R row) throws IOException;
  }

  interface Reading {
    Row read(DataInputStream in, int version, Head head) throws IOException;
  }

  @Override
  public void write(DataOutputStream out, List<Row> rows) throws IOException {
    out.writeInt(rows.size());
    InstrumentKey last = null;
    for (Row each : rows) {
      InstrumentKey instrument = Objects.requireNonNull(each.instrument(), "instrument");
      out.writeBoolean(instrument.equals(last));
      if (!instrument.equals(last)) {
        last = instrument;
        out.writeUTF(last.venue());
        out.writeUTF(last.symbol());
      }
      out.writeInt(each.index());
      out.writeLong(each.ts());
      fields.write(out, type.cast(each));
    }
  }

  @Override
  public List<Row> read(DataInputStream in, int version) throws IOException {
    int count = in.readInt();
    List<Row> rows = new ArrayList<>(count);
    InstrumentKey instrument = new InstrumentKey("", "");
    for (int i = 0; i < count; i++) {
      instrument = in.readBoolean() ? instrument : new InstrumentKey(in.readUTF(), in.readUTF());
      rows.add(row.read(in, version, new Head(instrument, in.readInt(), in.readLong())));
    }
    return rows;
  }

  static void writeNumber(DataOutputStream out, @Nullable Double number) throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeDouble(number);
    }
  }

  static @Nullable Double readNumber(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readDouble() : null;
  }

  static void writeWhole(DataOutputStream out, @Nullable Long number) throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeLong(number);
    }
  }

  static @Nullable Long readWhole(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readLong() : null;
  }

  static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  static @Nullable String readText(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }
}
