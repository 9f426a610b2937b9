package dev.candlewick.ingest.row;

import dev.candlewick.record.Column;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.KindJson;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records of one kind on disk, with the declaration they were validated against, so that reading
 * them back needs no database.
 */
final class RecordForm implements RowForm {
  @Override
  public void write(DataOutputStream out, List<Row> rows) throws IOException {
    out.writeInt(rows.size());
    if (rows.isEmpty()) {
      return;
    }
    DeclaredKind declared = ((RecordRow) rows.get(0)).declared();
    out.writeInt(declared.number());
    out.writeInt(declared.version());
    writeText(out, KindJson.write(declared.kind()));
    for (Row each : rows) {
      RecordRow row = (RecordRow) each;
      InstrumentKey instrument = row.instrument();
      out.writeBoolean(instrument != null);
      if (instrument != null) {
        writeText(out, instrument.venue());
        writeText(out, instrument.symbol());
      }
      out.writeInt(row.index());
      out.writeLong(row.ts());
      for (int i = 0; i < declared.kind().columns().size(); i++) {
        writeValue(out, declared.kind().columns().get(i), row.value(i));
      }
    }
  }

  private static void writeValue(DataOutputStream out, Column column, @Nullable Object value)
      throws IOException {
    out.writeBoolean(value != null);
    if (value == null) {
      return;
    }
    switch (column.type()) {
      case TEXT, JSON, LEVELS, DECIMAL -> writeText(out, value.toString());
      case INTEGER, TIMESTAMP -> out.writeLong((Long) value);
      case NUMBER -> out.writeDouble((Double) value);
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case VENUE, SYMBOL -> throw new IllegalStateException("an instrument has no value");
    }
  }

  @Override
  public List<Row> read(DataInputStream in, int version) throws IOException {
    int count = in.readInt();
    List<Row> rows = new ArrayList<>(count);
    if (count == 0) {
      return rows;
    }
    int number = in.readInt();
    int declaration = in.readInt();
    DeclaredKind declared = new DeclaredKind(KindJson.read(readText(in)), number, declaration);
    for (int i = 0; i < count; i++) {
      InstrumentKey instrument =
          in.readBoolean() ? new InstrumentKey(readText(in), readText(in)) : null;
      int index = in.readInt();
      long ts = in.readLong();
      List<@Nullable Object> values = new ArrayList<>();
      for (Column column : declared.kind().columns()) {
        values.add(in.readBoolean() ? readValue(in, column) : null);
      }
      rows.add(new RecordRow(declared, instrument, index, ts, values));
    }
    return rows;
  }

  private static Object readValue(DataInputStream in, Column column) throws IOException {
    return switch (column.type()) {
      case TEXT, JSON, LEVELS -> readText(in);
      case DECIMAL -> new BigDecimal(readText(in));
      case INTEGER, TIMESTAMP -> in.readLong();
      case NUMBER -> in.readDouble();
      case BOOLEAN -> in.readBoolean();
      case VENUE, SYMBOL -> throw new IllegalStateException("an instrument has no value");
    };
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
