package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recorded frames of Binance's combined streams: a line is the local receive time in nanoseconds, a
 * space and the frame, {@code {"stream":"btcusdt@trade","data":{...}}}. Trades are read, best bid
 * and ask if requested, and all other frames are skipped.
 */
final class BinanceCapture implements TickReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long NANOS_PER_MS = 1_000_000;

  private final LineReader lines;
  private final String venue;
  private final boolean quotes;

  BinanceCapture(LineReader lines, String venue, boolean quotes) {
    this.lines = lines;
    this.venue = venue;
    this.quotes = quotes;
  }

  @Override
  public @Nullable RecordedTick next() throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      RecordedTick tick = line.isEmpty() ? null : tick(line);
      if (tick != null) {
        return tick;
      }
    }
    return null;
  }

  private @Nullable RecordedTick tick(String line) throws IOException {
    int space = line.indexOf(' ');
    if (space < 0) {
      throw lines.wrong("not a receive time in ns, a space and a frame");
    }
    try {
      long received = Long.parseLong(line.substring(0, space));
      return tick(received, frame(line.substring(space + 1)));
    } catch (NumberFormatException e) {
      throw lines.wrong("not a number: " + e.getMessage());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw lines.wrong(String.valueOf(e.getMessage()));
    } catch (JsonParseException e) {
      throw lines.wrong("the frame is not JSON: " + e.getOriginalMessage());
    }
  }

  private @Nullable RecordedTick tick(long received, Map<String, String> frame) throws IOException {
    String stream = frame.getOrDefault("stream", "");
    if (stream.endsWith("@trade")) {
      Trade.Side side = Boolean.parseBoolean(field(frame, "m")) ? Trade.Side.SELL : Trade.Side.BUY;
      long ts = Math.multiplyExact(Long.parseLong(field(frame, "T")), NANOS_PER_MS);
      Trade trade = new Trade(ts, field(frame, "p"), field(frame, "q"), side, field(frame, "t"));
      return new RecordedTick(new Instrument(venue, field(frame, "s")), trade, received);
    }
    if (quotes && stream.endsWith("@bookTicker")) {
      Quote quote =
          new Quote(
              received, field(frame, "b"), field(frame, "B"), field(frame, "a"), field(frame, "A"));
      return new RecordedTick(new Instrument(venue, field(frame, "s")), quote, received);
    }
    return null;
  }

  private String field(Map<String, String> frame, String name) throws IOException {
    String value = frame.get(name);
    if (value == null) {
      throw lines.wrong("the frame has no \"" + name + "\"");
    }
    return value;
  }

  /** The frame's stream, and the scalar values of its data. */
  private static Map<String, String> frame(String text) throws IOException {
    Map<String, String> values = new HashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonParseException(json, "no object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean data = json.nextToken() == JsonToken.START_OBJECT && name.equals("data");
        if (data) {
          plainValues(json, values);
        } else if (name.equals("stream")) {
          values.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
    }
    return values;
  }

  private static void plainValues(JsonParser json, Map<String, String> values) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (json.nextToken().isScalarValue()) {
        values.put(name, json.getText());
      } else {
        json.skipChildren();
      }
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
