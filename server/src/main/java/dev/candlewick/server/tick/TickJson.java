package dev.candlewick.server.tick;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.candlewick.record.MarketKind;
import dev.candlewick.server.web.Csv;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes ticks. A row has all its fields: null for what the feed did not give, {@code []} for no
 * flags. In CSV null is empty, and flags are separated by spaces.
 */
public final class TickJson<T extends Tick> {
  static final TickJson<Trade> TRADES =
      new TickJson<>(MarketKind.TRADES, TickJson::trade, TickJson::trade);

  static final TickJson<Quote> QUOTES =
      new TickJson<>(MarketKind.QUOTES, TickJson::quote, TickJson::quote);

  private static final SerializableString TS = new SerializedString("ts");
  private static final SerializableString PRICE = new SerializedString("price");
  private static final SerializableString SIZE = new SerializedString("size");
  private static final SerializableString SIDE = new SerializedString("side");
  private static final SerializableString ID = new SerializedString("id");
  private static final SerializableString FLAGS = new SerializedString("flags");
  private static final SerializableString BID = new SerializedString("bid");
  private static final SerializableString BID_SIZE = new SerializedString("bid_size");
  private static final SerializableString ASK = new SerializedString("ask");
  private static final SerializableString ASK_SIZE = new SerializedString("ask_size");
  private static final SerializableString LAST = new SerializedString("last");
  private static final SerializableString VOLUME_24H = new SerializedString("volume_24h");

  /** The largest integer up to which every JSON reader distinguishes all integers. */
  private static final long LARGEST_NUMBER = 1L << 53;

  private final MarketKind kind;
  private final RowJson<T> rowJson;
  private final RowCsv<T> rowCsv;

  private TickJson(MarketKind kind, RowJson<T> rowJson, RowCsv<T> rowCsv) {
    this.kind = kind;
    this.rowJson = rowJson;
    this.rowCsv = rowCsv;
  }

  @FunctionalInterface
  private interface RowJson<T> {
    void write(JsonGenerator json, Times unit, T row) throws IOException;
  }

  @FunctionalInterface
  private interface RowCsv<T> {
    void write(Csv csv, Times unit, T row);
  }

  String name() {
    return kind.word();
  }

  Buffer body(TickQuery query, TickPage<T> page) {
    return switch (query.answer().format()) {
      case CSV -> csv(query.answer().unit(), page.rows());
      case NDJSON -> Json.buffer(json -> rows(json, query.answer().unit(), page.rows()));
      default -> Json.buffer(json -> document(json, query, page));
    };
  }

  private void document(JsonGenerator json, TickQuery query, TickPage<T> page) throws IOException {
    json.writeStartObject();
    json.writeStringField("venue", query.venue());
    json.writeStringField("symbol", query.symbol());
    json.writeArrayFieldStart(kind.word());
    rows(json, query.answer().unit(), page.rows());
    json.writeEndArray();
    json.writeStringField("next_cursor", query.nextCursor(page));
    json.writeEndObject();
  }

  private void rows(JsonGenerator json, Times unit, List<T> rows) throws IOException {
    for (T row : rows) {
      rowJson.write(json, unit, row);
    }
  }

  private Buffer csv(Times unit, List<T> rows) {
    Csv csv = new Csv(kind.answered());
    for (T row : rows) {
      rowCsv.write(csv, unit, row);
      csv.endLine();
    }
    return csv.buffer();
  }

  /** Writes a trade as an object. */
  public static void trade(JsonGenerator json, Times unit, Trade trade) throws IOException {
    trade(json, unit, trade, null);
  }

  private static void trade(JsonGenerator json, Times unit, Trade trade, @Nullable String action)
      throws IOException {
    json.writeStartObject();
    json.writeFieldName(TS);
    unit.write(json, trade.ts());
    Numbers.field(json, PRICE, trade.price());
    Numbers.field(json, SIZE, trade.size());
    json.writeFieldName(SIDE);
    json.writeString(side(trade));
    writeId(json, trade);
    json.writeFieldName(FLAGS);
    json.writeStartArray();
    for (String flag : flags(trade)) {
      json.writeString(flag);
    }
    json.writeEndArray();
    if (action != null) {
      json.writeStringField("action", action);
    }
    json.writeEndObject();
  }

  /**
   * Writes a trade that was just committed. A correction is marked as such; a cancelled trade has
   * only its time and id.
   */
  public static void liveTrade(JsonGenerator json, Times unit, Trade trade) throws IOException {
    if (!trade.isCancelled()) {
      trade(json, unit, trade, trade.isCorrected() ? "correct" : null);
      return;
    }
    json.writeStartObject();
    json.writeFieldName(TS);
    unit.write(json, trade.ts());
    writeId(json, trade);
    json.writeStringField("action", "cancel");
    json.writeEndObject();
  }

  private static void writeId(JsonGenerator json, Trade trade) throws IOException {
    json.writeFieldName(ID);
    String id = id(trade);
    if (id != null && isNumber(trade)) {
      json.writeNumber(id);
    } else {
      json.writeString(id);
    }
  }

  private static void trade(Csv csv, Times unit, Trade trade) {
    csv.time(unit, trade.ts()).number(trade.price()).number(trade.size()).text(side(trade));
    if ((trade.flags() & (Trade.HASHED_ID | Trade.NO_ID | Trade.UNSIGNED_ID)) == 0) {
      csv.integer(trade.id());
    } else {
      csv.text(id(trade));
    }
    csv.text(String.join(" ", flags(trade)));
  }

  /** Writes a quote as an object. */
  public static void quote(JsonGenerator json, Times unit, Quote quote) throws IOException {
    json.writeStartObject();
    json.writeFieldName(TS);
    unit.write(json, quote.ts());
    Numbers.field(json, BID, Numbers.known(quote.bid()));
    Numbers.field(json, BID_SIZE, Numbers.known(quote.bidSize()));
    Numbers.field(json, ASK, Numbers.known(quote.ask()));
    Numbers.field(json, ASK_SIZE, Numbers.known(quote.askSize()));
    Numbers.field(json, LAST, Numbers.known(quote.last()));
    Numbers.field(json, VOLUME_24H, Numbers.known(quote.volume24h()));
    json.writeEndObject();
  }

  private static void quote(Csv csv, Times unit, Quote quote) {
    csv.time(unit, quote.ts())
        .number(quote.bid())
        .number(quote.bidSize())
        .number(quote.ask())
        .number(quote.askSize())
        .number(quote.last())
        .number(quote.volume24h());
  }

  private static @Nullable String side(Trade trade) {
    return switch (trade.side()) {
      case 1 -> "buy";
      case 2 -> "sell";
      default -> null;
    };
  }

  private static @Nullable String id(Trade trade) {
    if ((trade.flags() & Trade.NO_ID) != 0) {
      return null;
    }
    if ((trade.flags() & Trade.HASHED_ID) != 0) {
      String text = trade.text();
      return text == null ? "h:" + HexFormat.of().toHexDigits(trade.id()) : text;
    }
    return (trade.flags() & Trade.UNSIGNED_ID) != 0
        ? Long.toUnsignedString(trade.id())
        : Long.toString(trade.id());
  }

  private static boolean isNumber(Trade trade) {
    return (trade.flags() & (Trade.HASHED_ID | Trade.UNSIGNED_ID)) == 0
        && trade.id() <= LARGEST_NUMBER
        && trade.id() >= -LARGEST_NUMBER;
  }

  private static List<String> flags(Trade trade) {
    List<String> words = new ArrayList<>(2);
    if ((trade.flags() & Trade.NO_PRICE) != 0) {
      words.add("no_price");
    }
    if ((trade.flags() & Trade.NO_VOLUME) != 0) {
      words.add("no_volume");
    }
    return words;
  }
}
