package dev.candlewick.server.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Writes JSON into a buffer. Timestamps go through {@link Times}, doubles through {@link Numbers}.
 */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final SerializedString NEW_LINE = new SerializedString("\n");
  private static final SerializedString COMMA = new SerializedString(",");

  private Json() {}

  /** Writes one document. */
  @FunctionalInterface
  public interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  /** One JSON document; for NDJSON, several root values, each on its own line. */
  public static Buffer buffer(Content content) {
    return buffer(1024, content);
  }

  /** The same if its approximate size in bytes is known beforehand. */
  public static Buffer buffer(int bytes, Content content) {
    Buffer buffer = Buffer.buffer(bytes);
    try (JsonGenerator json = FACTORY.createGenerator(new Appending(buffer))) {
      json.setRootValueSeparator(NEW_LINE);
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("JSON could not be written", e);
    }
    return buffer;
  }

  /** Writes the row with an index. */
  @FunctionalInterface
  public interface Row {
    void write(JsonGenerator json, int row) throws IOException;
  }

  /**
   * The elements of a list without its brackets.
   *
   * @param ends receives where each element ends
   */
  public static Buffer rows(int bytes, int count, Row row, int[] ends) {
    Buffer buffer = Buffer.buffer(bytes);
    try (JsonGenerator json = FACTORY.createGenerator(new Appending(buffer))) {
      json.setRootValueSeparator(COMMA);
      for (int i = 0; i < count; i++) {
        row.write(json, i);
        ends[i] = buffer.length() + json.getOutputBuffered();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("JSON could not be written", e);
    }
    return buffer;
  }

  private static final class Appending extends OutputStream {
    private final Buffer buffer;

    Appending(Buffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public void write(int b) {
      buffer.appendByte((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      buffer.appendBytes(bytes, offset, length);
    }
  }
}
