package dev.candlewick.server.instrument;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.instrument.Instrument.Held;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes instruments; every field is present, null if unknown. */
final class InstrumentJson {
  private static final Comparator<Held> BY_LENGTH =
      Comparator.comparingLong(
          held -> Timeframe.parse(held.of()).map(Timeframe::longestSeconds).orElse(0L));

  private InstrumentJson() {}

  static Buffer page(List<Instrument> instruments, @Nullable String nextCursor) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("instruments");
          for (Instrument instrument : instruments) {
            json.writeStartObject();
            fields(json, instrument);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeStringField("next_cursor", nextCursor);
          json.writeEndObject();
        });
  }

  static Buffer detail(Instrument.Detail detail, Times unit) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          fields(json, detail.instrument());
          held(json, unit, detail.held());
          json.writeEndObject();
        });
  }

  private static void fields(JsonGenerator json, Instrument instrument) throws IOException {
    Instrument.Words words = instrument.words();
    json.writeStringField("venue", instrument.venue());
    json.writeStringField("symbol", instrument.symbol());
    json.writeStringField("base", words.base());
    json.writeStringField("quote", words.quote());
    json.writeStringField("currency", words.currency());
    json.writeStringField("asset_class", words.assetClass());
    json.writeStringField("name", words.name());
    Numbers.field(json, "tick_size", instrument.steps().tickSize());
    Numbers.field(json, "lot_size", instrument.steps().lotSize());
    json.writeStringField("timezone", words.timezone());
    json.writeStringField("session", words.session());
    json.writeFieldName("metadata");
    json.writeRawValue(instrument.metadata());
  }

  private static void held(JsonGenerator json, Times unit, List<Held> held) throws IOException {
    Optional<Held> first = held.stream().min(Comparator.comparingLong(Held::firstTs));
    Optional<Held> last = held.stream().max(Comparator.comparingLong(Held::lastTs));
    timestamp(json, unit, "first_ts", first.map(Held::firstTs).orElse(null));
    timestamp(json, unit, "last_ts", last.map(Held::lastTs).orElse(null));
    ticks(json, unit, "trades", held);
    ticks(json, unit, "quotes", held);
    json.writeObjectFieldStart("timeframes");
    for (Held one : held.stream().filter(InstrumentJson::isTimeframe).sorted(BY_LENGTH).toList()) {
      json.writeFieldName(one.of());
      range(json, unit, one);
    }
    json.writeEndObject();
  }

  private static boolean isTimeframe(Held held) {
    return !held.of().equals("trades") && !held.of().equals("quotes");
  }

  private static void ticks(JsonGenerator json, Times unit, String of, List<Held> held)
      throws IOException {
    json.writeFieldName(of);
    Optional<Held> found = held.stream().filter(one -> one.of().equals(of)).findFirst();
    if (found.isPresent()) {
      range(json, unit, found.get());
    } else {
      json.writeNull();
    }
  }

  private static void range(JsonGenerator json, Times unit, Held held) throws IOException {
    json.writeStartObject();
    unit.field(json, "first_ts", held.firstTs());
    unit.field(json, "last_ts", held.lastTs());
    json.writeEndObject();
  }

  private static void timestamp(
      JsonGenerator json, Times unit, String name, @Nullable Long timestamp) throws IOException {
    if (timestamp == null) {
      json.writeNullField(name);
    } else {
      unit.field(json, name, timestamp);
    }
  }
}
