package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Trades or quotes of one instrument, written as the frame that carries them. Immutable; only the
 * seq is open, which the client assigns when it accepts the message.
 */
public final class TickMessage {
  /** ASCII only, so that a frame has as many bytes as characters. */
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** Integers that certainly fit 64 bits and that JSON writes the same way. */
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");

  private final String head;
  private final String tail;
  private final int rows;

  private TickMessage(String head, String tail, int rows) {
    this.head = head;
    this.tail = tail;
    this.rows = rows;
  }

  /** A message of trades, in the order given. */
  public static TickMessage trades(Instrument instrument, List<Trade> trades) {
    return write("trades", instrument, trades);
  }

  /** A message of quotes, in the order given. */
  public static TickMessage quotes(Instrument instrument, List<Quote> quotes) {
    return write("quotes", instrument, quotes);
  }

  /** A message of ticks that are all of one kind. */
  static TickMessage of(Instrument instrument, List<? extends Tick> ticks) {
    return write(ticks.get(0) instanceof Trade ? "trades" : "quotes", instrument, ticks);
  }

  /**
   * A message whose rows are already JSON, in ASCII.
   *
   * @param type {@code trades}, {@code quotes}, {@code candles} or {@code records}
   * @param tail what comes after {@code seq}: a comma, the other fields, the closing brace
   */
  static TickMessage of(String type, String tail, int rows) {
    return new TickMessage(head(type), tail, rows);
  }

  private static String head(String type) {
    return "{\"t\":\"" + type + "\",\"seq\":";
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** What comes after {@code seq}. */
  String tail() {
    return tail;
  }

  /** The bytes of {@link #frame} with that seq. */
  int bytes(long seq) {
    return head.length() + Long.toString(seq).length() + tail.length();
  }

  /** The text frame of this message as number {@code seq} of its stream: ASCII, one JSON object. */
  public String frame(long seq) {
    return head + seq + tail;
  }

  private static TickMessage write(String type, Instrument instrument, List<? extends Tick> ticks) {
    StringWriter object = new StringWriter(128 + 112 * ticks.size());
    try (JsonGenerator json = JSON.createGenerator(object)) {
      json.writeStartObject();
      json.writeStringField("venue", instrument.venue());
      json.writeStringField("symbol", instrument.symbol());
      json.writeStringField("unit", "ns");
      json.writeArrayFieldStart("rows");
      for (Tick tick : ticks) {
        writeRow(json, tick);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return new TickMessage(head(type), "," + object.getBuffer().substring(1), ticks.size());
  }

  private static void writeRow(JsonGenerator json, Tick tick) throws IOException {
    json.writeStartObject();
    json.writeNumberField("ts", tick.ts());
    if (tick instanceof Trade trade) {
      writeTrade(json, trade);
    } else if (tick instanceof Quote quote) {
      writeText(json, "bid", quote.bid());
      writeText(json, "bid_size", quote.bidSize());
      writeText(json, "ask", quote.ask());
      writeText(json, "ask_size", quote.askSize());
    }
    json.writeEndObject();
  }

  private static void writeTrade(JsonGenerator json, Trade trade) throws IOException {
    json.writeStringField("price", trade.price());
    json.writeStringField("size", trade.size());
    if (trade.side() != null) {
      json.writeStringField("side", word(trade.side()));
    }
    if (trade.id() != null && INTEGER.matcher(trade.id()).matches()) {
      json.writeNumberField("id", Long.parseLong(trade.id()));
    } else {
      writeText(json, "id", trade.id());
    }
    if (!trade.flags().isEmpty()) {
      json.writeArrayFieldStart("flags");
      for (Trade.Flag flag : Trade.Flag.values()) {
        if (trade.flags().contains(flag)) {
          json.writeString(word(flag));
        }
      }
      json.writeEndArray();
    }
  }

  private static void writeText(JsonGenerator json, String field, @Nullable String text)
      throws IOException {
    if (text != null) {
      json.writeStringField(field, text);
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
