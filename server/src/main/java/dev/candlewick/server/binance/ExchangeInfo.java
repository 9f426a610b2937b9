package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.instrument.Instrument;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v3/exchangeInfo}: every instrument as a spot market. Unknown steps are
 * 0.00000001. Orders cannot be placed here, so order limits are as wide as possible.
 */
record ExchangeInfo(List<Instrument> instruments, boolean permissionSets, long serverTime) {
  private static final int PRECISION = 8;
  private static final double SMALLEST_STEP = 1e-8;
  private static final String MOST = "9000000000.00000000";

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("timezone", "UTC");
    json.writeNumberField("serverTime", serverTime);
    words(json, "rateLimits");
    words(json, "exchangeFilters");
    json.writeArrayFieldStart("symbols");
    for (Instrument instrument : instruments) {
      symbol(json, instrument);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void symbol(JsonGenerator json, Instrument instrument) throws IOException {
    Assets assets = Assets.of(instrument);
    json.writeStartObject();
    json.writeStringField("symbol", instrument.symbol());
    json.writeStringField("status", "TRADING");
    json.writeStringField("baseAsset", assets.base());
    json.writeNumberField("baseAssetPrecision", precision(instrument.steps().lotSize()));
    json.writeStringField("quoteAsset", assets.quote());
    json.writeNumberField("quotePrecision", precision(instrument.steps().tickSize()));
    json.writeNumberField("quoteAssetPrecision", precision(instrument.steps().tickSize()));
    json.writeNumberField("baseCommissionPrecision", PRECISION);
    json.writeNumberField("quoteCommissionPrecision", PRECISION);
    words(json, "orderTypes", "LIMIT", "MARKET");
    for (String never :
        List.of(
            "icebergAllowed",
            "ocoAllowed",
            "otoAllowed",
            "quoteOrderQtyMarketAllowed",
            "allowTrailingStop",
            "cancelReplaceAllowed",
            "isMarginTradingAllowed")) {
      json.writeBooleanField(never, false);
    }
    json.writeBooleanField("isSpotTradingAllowed", true);
    filters(json, instrument.steps());
    words(json, "permissions", "SPOT");
    if (permissionSets) {
      json.writeArrayFieldStart("permissionSets");
      json.writeStartArray();
      json.writeString("SPOT");
      json.writeEndArray();
      json.writeEndArray();
    }
    json.writeStringField("defaultSelfTradePreventionMode", "NONE");
    words(json, "allowedSelfTradePreventionModes", "NONE");
    json.writeEndObject();
  }

  private static void filters(JsonGenerator json, Instrument.Steps steps) throws IOException {
    String tick = Decimals.text(step(steps.tickSize()));
    String lot = Decimals.text(step(steps.lotSize()));
    json.writeArrayFieldStart("filters");
    filter(json, "PRICE_FILTER", "minPrice", tick, "maxPrice", MOST, "tickSize", tick);
    filter(json, "LOT_SIZE", "minQty", lot, "maxQty", MOST, "stepSize", lot);
    filter(json, "MIN_NOTIONAL", "minNotional", Decimals.text(0));
    json.writeEndArray();
  }

  private static void filter(JsonGenerator json, String type, String... namesAndValues)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("filterType", type);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.writeStringField(namesAndValues[i], namesAndValues[i + 1]);
    }
    json.writeEndObject();
  }

  private static void words(JsonGenerator json, String name, String... words) throws IOException {
    json.writeFieldName(name);
    json.writeArray(words, 0, words.length);
  }

  private static double step(@Nullable Double told) {
    return told == null || told <= 0 ? SMALLEST_STEP : told;
  }

  private static int precision(@Nullable Double step) {
    return Math.max(PRECISION, Decimals.places(step(step)));
  }
}
