package dev.candlewick.server.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writing JSON into a buffer. Timestamps go through {@link Times}, doubles through {@link Numbers}.
 */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final SerializedString NEW_LINE = new SerializedString("\n");

  private Json() {}

  /** Writes one document. */
  @FunctionalInterface
  public interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  /** One JSON document; for NDJSON, several root values, each on a line of its own. */
  public static Buffer buffer(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.setRootValueSeparator(NEW_LINE);
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("JSON could not be written", e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }
}
