package dev.candlewick.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The identities of changed rows of one kind, as {@code ingest.changes} stores them: JSON in UTF-8,
 * a list of {@code [ts, key value, ...]}, with the timestamp in microseconds since the epoch and
 * the values of the key's columns in the table ({@link Kind#sqlKey}) as text that PostgreSQL reads.
 */
public final class RecordKeys {
  private static final JsonFactory JSON = new JsonFactory();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final JsonGenerator json;

  /** Receives the identities of a packed list, in order. */
  @FunctionalInterface
  public interface Reader {
    void row(long ts, List<String> key);
  }

  /** An empty list. */
  public RecordKeys() {
    try {
      json = JSON.createGenerator(bytes);
      json.writeStartArray();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
  }

  /** Appends an identity. */
  public void add(long ts, List<String> key) {
    try {
      json.writeStartArray();
      json.writeNumber(ts);
      for (String part : key) {
        json.writeString(part);
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
  }

  /** The identities, packed; nothing can be added after this. */
  public byte[] packed() {
    try {
      json.close();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** Unpacks what {@link #packed} returned. */
  public static void read(byte[] packed, Reader reader) {
    try (JsonParser in = JSON.createParser(packed)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.START_ARRAY) {
        long ts = in.nextLongValue(0);
        List<String> key = new ArrayList<>();
        while (in.nextToken() == JsonToken.VALUE_STRING) {
          key.add(in.getText());
        }
        reader.row(ts, key);
      }
    } catch (IOException e) {
      throw new IllegalStateException("what was packed here can be unpacked", e);
    }
  }
}
