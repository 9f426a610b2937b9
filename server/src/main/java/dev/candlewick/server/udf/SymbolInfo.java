package dev.candlewick.server.udf;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.instrument.Instrument;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An instrument's description for a chart. An instrument without a known session trades around the
 * clock.
 */
record SymbolInfo(Instrument instrument, Steps steps) {
  private static final Pattern SESSION =
      Pattern.compile("(\\S+) ([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})(?:\\+1)?");
  private static final int VOLUME_PLACES = 8;

  /** A name that is unique across venues. */
  static String ticker(Instrument instrument) {
    return instrument.venue() + ":" + instrument.symbol();
  }

  static String description(Instrument instrument) {
    String name = instrument.words().name();
    return name == null ? instrument.symbol() : name;
  }

  static String type(Instrument instrument) {
    String type = instrument.words().assetClass();
    return type == null ? "" : type;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", instrument.symbol());
    json.writeStringField("ticker", ticker(instrument));
    json.writeStringField("full_name", ticker(instrument));
    json.writeStringField("description", description(instrument));
    json.writeStringField("type", type(instrument));
    writeSession(json, instrument.words());
    json.writeStringField("exchange", instrument.venue());
    json.writeStringField("listed_exchange", instrument.venue());
    json.writeStringField("format", "price");
    json.writeNumberField("minmov", steps.minMove());
    json.writeNumberField("pricescale", steps.priceScale());
    json.writeNumberField("volume_precision", volumePlaces());
    json.writeBooleanField("has_intraday", true);
    json.writeBooleanField("has_seconds", true);
    json.writeBooleanField("has_daily", true);
    json.writeBooleanField("has_weekly_and_monthly", true);
    words(json, "seconds_multipliers", Resolution.SECONDS);
    words(json, "intraday_multipliers", Resolution.MINUTES);
    words(json, "supported_resolutions", Resolution.ALL);
    json.writeStringField("data_status", "streaming");
    String currency = currency(instrument);
    if (currency != null) {
      json.writeStringField("currency_code", currency);
    }
    json.writeEndObject();
  }

  private static void writeSession(JsonGenerator json, Instrument.Words words) throws IOException {
    String session = words.session();
    Matcher form = SESSION.matcher(session == null ? "" : session);
    boolean told = form.matches();
    String zone = told ? form.group(1) : words.timezone();
    json.writeStringField(
        "session",
        told ? form.group(2) + form.group(3) + "-" + form.group(4) + form.group(5) : "24x7");
    json.writeStringField("timezone", zone == null || zone.equals("UTC") ? "Etc/UTC" : zone);
  }

  private int volumePlaces() {
    Double lot = instrument.steps().lotSize();
    return lot == null || lot <= 0 ? VOLUME_PLACES : Steps.places(lot);
  }

  static @Nullable String currency(Instrument instrument) {
    Instrument.Words words = instrument.words();
    return words.currency() == null ? words.quote() : words.currency();
  }

  static void words(JsonGenerator json, String name, List<String> words) throws IOException {
    json.writeFieldName(name);
    json.writeArray(words.toArray(new String[0]), 0, words.size());
  }
}
