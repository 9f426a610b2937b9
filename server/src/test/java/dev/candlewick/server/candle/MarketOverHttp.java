package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.candle.RawMarket.Amendment;
import dev.candlewick.server.candle.RawMarket.Sent;
import dev.candlewick.server.candle.RawMarket.Trade;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One symbol of a running server: raw rows in by REST, candles out. */
record MarketOverHttp(RunningServer server, String symbol) {
  void trades(List<Trade> trades) {
    post("trades", trades, MarketOverHttp::json);
  }

  void amend(List<Amendment> amendments) {
    post("trades", amendments, MarketOverHttp::json);
  }

  private static JsonObject json(Amendment amendment) {
    Trade trade = amendment.trade();
    return amendment.cancels()
        ? new JsonObject()
            .put("ts", trade.micros())
            .put("id", trade.idAsSent())
            .put("action", "cancel")
        : json(trade).put("action", "correct");
  }

  void candles(List<Sent> candles) {
    post("candles", candles, MarketOverHttp::json);
  }

  private <T> void post(String kind, List<T> rows, Function<T, JsonObject> json) {
    JsonArray array = new JsonArray();
    rows.forEach(row -> array.add(json.apply(row)));
    JsonObject body = new JsonObject().put("venue", "v").put("symbol", symbol).put("unit", "us");
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/v1/" + kind,
            body.put("rows", array).encode(),
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
  }

  private static JsonObject json(Trade trade) {
    JsonArray flags = new JsonArray();
    if (!trade.counts(1)) {
      flags.add("no_price");
    }
    if (!trade.counts(2)) {
      flags.add("no_volume");
    }
    JsonObject row =
        new JsonObject()
            .put("ts", trade.micros())
            .put("price", trade.price().toPlainString())
            .put("size", trade.size().toPlainString())
            .put("flags", flags);
    if (trade.side() != 0) {
      row.put("side", trade.side() == 1 ? "buy" : "sell");
    }
    return trade.hasId() ? row.put("id", trade.idAsSent()) : row;
  }

  private static JsonObject json(Sent candle) {
    JsonObject row =
        new JsonObject()
            .put("ts", candle.ts() * 1_000_000)
            .put("timeframe", candle.timeframe())
            .put("open", candle.price().toPlainString())
            .put("high", candle.high().toPlainString())
            .put("low", candle.low().toPlainString())
            .put("close", candle.price().toPlainString())
            .put("volume", candle.volume().toPlainString())
            .put("quote_volume", candle.quoteVolume().toPlainString())
            .put("closed", candle.closed());
    return candle.counted() ? row.put("trades", 10) : row;
  }

  /** The candles of all pages, in the order of the answer; {@code query} begins with an &amp;. */
  List<Candle> read(String timeframe, String query) {
    List<Candle> candles = new ArrayList<>();
    String cursor = null;
    do {
      JsonObject page = page(timeframe, query, cursor);
      for (Object row : page.getJsonArray("candles")) {
        candles.add(candle((JsonObject) row));
      }
      cursor = page.getString("next_cursor");
    } while (cursor != null);
    return candles;
  }

  private JsonObject page(String timeframe, String query, @Nullable String cursor) {
    String path = "/v1/candles?venue=v&unit=s&symbol=" + symbol + "&timeframe=" + timeframe + query;
    String more =
        cursor == null ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    HttpResponse<String> answer = server.send("GET", path + more, "");
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static Candle candle(JsonObject row) {
    String source = row.getString("source");
    return new Candle(
        row.getLong("ts"),
        number(row, "open"),
        number(row, "high"),
        number(row, "low"),
        number(row, "close"),
        number(row, "volume"),
        number(row, "quote_volume"),
        row.getLong("trades") == null ? -1 : row.getLong("trades"),
        number(row, "taker_buy_volume"),
        row.getBoolean("closed"),
        source == null ? null : Candle.Origin.valueOf(source.toUpperCase(Locale.ROOT)),
        row.getBoolean("filled", false));
  }

  private static double number(JsonObject row, String name) {
    Number value = row.getNumber(name);
    return value == null ? Double.NaN : value.doubleValue();
  }
}
