package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.net.Problem;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.tick.TickRepository;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Dialect;
import dev.candlewick.server.web.Problems;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Reply;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/**
 * {@code GET /api/v3/{ping,time,exchangeInfo,klines,uiKlines,trades,aggTrades}} and {@code
 * ticker/{price,24hr,bookTicker}}.
 */
public final class BinanceHandler {
  private static final String UNIT = "X-MBX-TIME-UNIT";
  private static final long MILLI = 1_000;
  private static final long SECOND = 1_000_000;
  private static final String UNKNOWN_INSTRUMENT = "unknown_instrument";
  private static final int MOST_INSTRUMENTS = 100_000;

  private final String venue;
  private final InstrumentRepository instruments;
  private final Candles candles;
  private final TickRepository ticks;
  private final Prices prices;
  private final Tickers tickers;
  private final Clock clock;

  /** Answers for this venue. */
  public BinanceHandler(
      String venue,
      InstrumentRepository instruments,
      Candles candles,
      TickRepository ticks,
      Prices prices,
      Tickers tickers,
      Clock clock) {
    this.venue = venue;
    this.instruments = instruments;
    this.candles = candles;
    this.ticks = ticks;
    this.prices = prices;
    this.tickers = tickers;
    this.clock = clock;
  }

  /** Takes its paths of the router. */
  public void mount(Router router) {
    Dialect binance = new Dialect(router, "/api/v3/", BinanceHandler::refuse);
    binance.route("ping", this::ping);
    binance.route("time", this::time);
    binance.route("exchangeInfo", this::exchangeInfo);
    binance.route("klines", this::klines);
    binance.route("uiKlines", this::klines);
    binance.route("trades", this::trades);
    binance.route("aggTrades", this::aggregateTrades);
    binance.route("ticker/price", this::price);
    binance.route("ticker/24hr", this::day);
    binance.route("ticker/bookTicker", this::book);
  }

  private void ping(RoutingContext ctx) {
    BinanceParams.of(ctx, Set.of());
    Reply.json(ctx, BinanceHandler::nothing);
  }

  private static void nothing(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeEndObject();
  }

  private void time(RoutingContext ctx) {
    BinanceParams.of(ctx, Set.of());
    Reply.json(
        ctx,
        json -> {
          json.writeStartObject();
          json.writeNumberField("serverTime", clock.millis() * MILLI / micros(ctx));
          json.writeEndObject();
        });
  }

  private void exchangeInfo(RoutingContext ctx) {
    BinanceParams params =
        BinanceParams.of(
            ctx, Set.of("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus"));
    List<String> symbols = params.symbols();
    Future<List<Instrument>> found =
        instruments
            .search(venue, null, MOST_INSTRUMENTS)
            .map(all -> symbols.isEmpty() ? all : named(all, symbols));
    Reply.when(
        ctx, found, listed -> Reply.json(ctx, new ExchangeInfo(listed, clock.millis())::write));
  }

  private static List<Instrument> named(List<Instrument> all, List<String> symbols) {
    List<Instrument> named =
        all.stream().filter(instrument -> symbols.contains(instrument.symbol())).toList();
    if (named.size() < Set.copyOf(symbols).size()) {
      throw BinanceException.badSymbol();
    }
    return named;
  }

  private void klines(RoutingContext ctx) {
    KlineQuery query = KlineQuery.parse(BinanceParams.of(ctx, KlineQuery.PARAMETERS));
    Range range = query.range();
    Future<List<Candle>> found =
        instruments
            .id(venue, query.symbol())
            .compose(
                id ->
                    range == null
                        ? Future.succeededFuture(List.of())
                        : candles.find(id, query.wanted(range)));
    Reply.when(
        ctx,
        found,
        list ->
            Reply.json(
                ctx, json -> KlineJson.write(json, list, query.interval(), SECOND / micros(ctx))));
  }

  private void trades(RoutingContext ctx) {
    trades(ctx, TradeQuery.LATEST, TradeJson::trade);
  }

  private void aggregateTrades(RoutingContext ctx) {
    trades(ctx, TradeQuery.AGGREGATE, TradeJson::aggregate);
  }

  private void trades(RoutingContext ctx, Set<String> known, TradeJson.Form form) {
    TradeQuery query = TradeQuery.parse(BinanceParams.of(ctx, known));
    Range range = query.range();
    Future<List<Trade>> found =
        instruments
            .id(venue, query.symbol())
            .compose(
                id ->
                    range == null
                        ? Future.succeededFuture(List.of())
                        : ticks.trades(id, range, query.limit()));
    Reply.when(
        ctx,
        found,
        list ->
            Reply.json(
                ctx,
                json -> {
                  json.writeStartArray();
                  for (Trade trade : list) {
                    form.write(json, trade, micros(ctx));
                  }
                  json.writeEndArray();
                }));
  }

  private void price(RoutingContext ctx) {
    BinanceParams params = BinanceParams.of(ctx, Set.of("symbol", "symbols", "symbolStatus"));
    answer(ctx, params, prices.of(venue, params.symbols()), Prices::write);
  }

  private void day(RoutingContext ctx) {
    BinanceParams params =
        BinanceParams.of(ctx, Set.of("symbol", "symbols", "type", "symbolStatus"));
    String type = params.text("type");
    if (type != null && !type.equals("FULL") && !type.equals("MINI")) {
      throw BinanceException.notValid("type");
    }
    boolean mini = "MINI".equals(type);
    answer(
        ctx,
        params,
        tickers.days(venue, params.symbols()),
        (json, ticker) -> ticker.write(json, mini, MILLI / micros(ctx)));
  }

  private void book(RoutingContext ctx) {
    BinanceParams params = BinanceParams.of(ctx, Set.of("symbol", "symbols", "symbolStatus"));
    answer(ctx, params, tickers.books(venue, params.symbols()), Ticker::writeBook);
  }

  private interface Form<T> {
    void write(JsonGenerator json, T found) throws IOException;
  }

  /** An object if one symbol was named, which must be there; else an array. */
  private static <T> void answer(
      RoutingContext ctx, BinanceParams params, Future<List<T>> answer, Form<T> form) {
    boolean one = params.text("symbol") != null;
    Reply.when(
        ctx,
        answer,
        found -> {
          if (one && found.isEmpty()) {
            throw BinanceException.badSymbol();
          }
          Reply.json(ctx, json -> write(json, found, one, form));
        });
  }

  private static <T> void write(JsonGenerator json, List<T> found, boolean one, Form<T> form)
      throws IOException {
    if (!one) {
      json.writeStartArray();
    }
    for (T each : found) {
      form.write(json, each);
    }
    if (!one) {
      json.writeEndArray();
    }
  }

  /** How many microseconds the times of the answer count. */
  private static long micros(RoutingContext ctx) {
    String unit = ctx.request().getHeader(UNIT);
    return unit != null && unit.equalsIgnoreCase("MICROSECOND") ? 1 : MILLI;
  }

  private static void refuse(RoutingContext ctx) {
    if (ctx.failure() instanceof BinanceException refused) {
      refuse(ctx, 400, refused);
      return;
    }
    Problem problem = Problems.of(ctx);
    if (problem.code().equals(UNKNOWN_INSTRUMENT)) {
      refuse(ctx, 400, BinanceException.badSymbol());
      return;
    }
    if (problem.retryAfter() != null) {
      ctx.response().putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(problem.retryAfter()));
    }
    refuse(ctx, problem.status(), BinanceException.of(problem));
  }

  private static void refuse(RoutingContext ctx, int status, BinanceException refused) {
    ctx.response().setStatusCode(status);
    Reply.json(ctx, refused::write);
  }
}
