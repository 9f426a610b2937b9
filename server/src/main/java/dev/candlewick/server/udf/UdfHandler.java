package dev.candlewick.server.udf;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.net.Problem;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.web.Dialect;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Problems;
import dev.candlewick.server.web.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** {@code GET /udf/{config,time,symbols,search,history}}. */
public final class UdfHandler {
  private static final int SEARCH_LIMIT = 30;
  private static final int MOST_FOUND = 1_000;

  private final UdfInstruments instruments;
  private final Candles candles;
  private final Clock clock;

  public UdfHandler(UdfInstruments instruments, Candles candles, Clock clock) {
    this.instruments = instruments;
    this.candles = candles;
    this.clock = clock;
  }

  /** Mounts its paths on the router. */
  public void mount(Router router) {
    Dialect udf = new Dialect(router, "/udf/", UdfHandler::refuse);
    udf.route("config", this::config);
    udf.route("time", this::time);
    udf.route("symbols", this::symbols);
    udf.route("search", this::search);
    udf.route("history", this::history);
  }

  private void config(RoutingContext ctx) {
    UdfParams.of(ctx, Set.of());
    Reply.when(
        ctx, instruments.venues(), venues -> Reply.json(ctx, json -> configuration(json, venues)));
  }

  private static void configuration(JsonGenerator json, List<String> venues) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("supports_search", true);
    json.writeBooleanField("supports_group_request", false);
    json.writeBooleanField("supports_marks", false);
    json.writeBooleanField("supports_timescale_marks", false);
    json.writeBooleanField("supports_time", true);
    json.writeArrayFieldStart("exchanges");
    choice(json, "", "All venues");
    for (String venue : venues) {
      choice(json, venue, venue);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("symbols_types");
    choice(json, "", "All types");
    json.writeEndArray();
    SymbolInfo.words(json, "supported_resolutions", Resolution.ALL);
    json.writeEndObject();
  }

  private static void choice(JsonGenerator json, String value, String name) throws IOException {
    json.writeStartObject();
    json.writeStringField("value", value);
    json.writeStringField("name", name);
    json.writeStringField("desc", name);
    json.writeEndObject();
  }

  private void time(RoutingContext ctx) {
    UdfParams.of(ctx, Set.of());
    Reply.send(ctx, "text/plain", Buffer.buffer(Long.toString(clock.instant().getEpochSecond())));
  }

  private void symbols(RoutingContext ctx) {
    UdfParams params = UdfParams.of(ctx, Set.of("symbol", UdfParams.CURRENCY, UdfParams.UNIT));
    Future<SymbolInfo> info =
        instruments
            .find(params.required("symbol"))
            .compose(
                instrument -> {
                  params.requireOwnCurrency(instrument);
                  return instruments.info(instrument);
                });
    Reply.when(ctx, info, found -> Reply.json(ctx, found::write));
  }

  private void search(RoutingContext ctx) {
    UdfParams params = UdfParams.of(ctx, Set.of("query", "type", "exchange", "limit"));
    Long asked = params.number("limit");
    int limit = asked == null ? SEARCH_LIMIT : (int) Math.max(1, Math.min(asked, MOST_FOUND));
    String type = params.text("type");
    Future<List<Instrument>> found =
        instruments
            .search(
                params.text("exchange"), params.text("query"), type == null ? limit : MOST_FOUND)
            .map(
                all ->
                    all.stream()
                        .filter(one -> type == null || type.equals(SymbolInfo.type(one)))
                        .limit(limit)
                        .toList());
    Reply.when(
        ctx,
        found,
        list ->
            Reply.json(
                ctx,
                json -> {
                  json.writeStartArray();
                  for (Instrument instrument : list) {
                    hit(json, instrument);
                  }
                  json.writeEndArray();
                }));
  }

  private static void hit(JsonGenerator json, Instrument instrument) throws IOException {
    json.writeStartObject();
    json.writeStringField("symbol", instrument.symbol());
    json.writeStringField("full_name", SymbolInfo.ticker(instrument));
    json.writeStringField("ticker", SymbolInfo.ticker(instrument));
    json.writeStringField("description", SymbolInfo.description(instrument));
    json.writeStringField("exchange", instrument.venue());
    json.writeStringField("type", SymbolInfo.type(instrument));
    json.writeEndObject();
  }

  private void history(RoutingContext ctx) {
    UdfParams params = UdfParams.of(ctx, HistoryQuery.PARAMETERS);
    HistoryQuery query = HistoryQuery.parse(params);
    Future<Json.Content> answer =
        instruments
            .find(query.symbol())
            .compose(
                instrument -> {
                  params.requireOwnCurrency(instrument);
                  return (query.isEmpty()
                          ? Future.succeededFuture(List.<Candle>of())
                          : candles.find(instrument.id(), query.wanted()))
                      .compose(bars -> answer(instrument, query, bars));
                });
    Reply.when(ctx, answer, content -> Reply.json(ctx, content));
  }

  private Future<Json.Content> answer(
      Instrument instrument, HistoryQuery query, List<Candle> bars) {
    if (!bars.isEmpty()) {
      return Future.succeededFuture(json -> HistoryJson.bars(json, bars));
    }
    return candles
        .find(instrument.id(), query.before())
        .map(before -> json -> HistoryJson.noData(json, before));
  }

  /** Answers a failed request as the protocol does. */
  public static void refuse(RoutingContext ctx) {
    if (ctx.failure() instanceof UdfException refused) {
      refuse(ctx, String.valueOf(refused.getMessage()));
      return;
    }
    Problem problem = Problems.of(ctx);
    boolean aboutTheQuestion =
        problem.status() == 400 || problem.code().equals("unknown_instrument");
    if (!aboutTheQuestion) {
      ctx.response().setStatusCode(problem.status());
    }
    if (problem.retryAfter() != null) {
      ctx.response().putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(problem.retryAfter()));
    }
    refuse(ctx, problem.detail());
  }

  private static void refuse(RoutingContext ctx, String message) {
    Reply.json(
        ctx,
        json -> {
          json.writeStartObject();
          json.writeStringField("s", "error");
          json.writeStringField("errmsg", message);
          json.writeEndObject();
        });
  }
}
