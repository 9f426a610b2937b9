package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.RowForm;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.spool.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as it waits in the spool: its validated rows, so that reading it back depends on no
 * clock, retention or rule.
 */
final class SpooledMessage {
  private SpooledMessage() {}

  static Entry write(Message message) {
    StreamState stream = message.stream();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + message.rows.size() * 48);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(RowForm.VERSION);
      out.writeUTF(message.type.name());
      message.type.form.write(out, message.rows);
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

  /** The message, to be answered to {@code answer}. Throws if the payload has another version. */
  static Message read(Entry entry, Answer answer) throws IOException {
    byte[] payload = entry.payload();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
      int version = in.readByte();
      if (version < 1 || version > RowForm.VERSION) {
        throw new IOException("payload of version " + version + ", not 1 or " + RowForm.VERSION);
      }
      RowType type = RowType.valueOf(in.readUTF());
      List<Row> rows = type.form.read(in, version);
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
      return Message.ofSpool(stream, position, type, checked, payload.length, answer);
    }
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
