package dev.candlewick.server.udf;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.web.Numbers;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Bars as one array per column. */
final class HistoryJson {
  private HistoryJson() {}

  static void bars(JsonGenerator json, List<Candle> candles) throws IOException {
    json.writeStartObject();
    json.writeStringField("s", "ok");
    json.writeArrayFieldStart("t");
    for (Candle candle : candles) {
      json.writeNumber(candle.ts());
    }
    json.writeEndArray();
    column(json, "o", candles, Candle::open);
    column(json, "h", candles, Candle::high);
    column(json, "l", candles, Candle::low);
    column(json, "c", candles, Candle::close);
    column(json, "v", candles, Candle::volume);
    json.writeEndObject();
  }

  private static void column(
      JsonGenerator json, String name, List<Candle> candles, ToDoubleFunction<Candle> value)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Candle candle : candles) {
      Numbers.write(json, value.applyAsDouble(candle));
    }
    json.writeEndArray();
  }

  /** No bars in the range; {@code before} has the last one before it, if there is one. */
  static void noData(JsonGenerator json, List<Candle> before) throws IOException {
    json.writeStartObject();
    json.writeStringField("s", "no_data");
    for (Candle candle : before) {
      json.writeNumberField("nextTime", candle.ts());
    }
    json.writeEndObject();
  }
}
