package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.net.Problem;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.tick.TickRepository;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Dialect;
import dev.candlewick.server.web.Problems;
import dev.candlewick.server.web.Reply;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * {@code GET /api/v3/{ping,time,exchangeInfo,klines,uiKlines,trades,historicalTrades,aggTrades}}
 * and {@code depth}, {@code ticker/{price,24hr,bookTicker}}.
 */
public final class BinanceHandler {
  private static final String UNIT = "X-MBX-TIME-UNIT";
  private static final Set<String> STATUSES = Set.of("TRADING", "HALT", "BREAK");
  private static final long MILLI = 1_000;
  private static final long SECOND = 1_000_000;
  private static final String UNKNOWN_INSTRUMENT = "unknown_instrument";
  private static final int DEPTH = 100;
  private static final int MOST_DEPTH = 5_000;
  private static final int MOST_INSTRUMENTS = 100_000;

  private final String venue;
  private final InstrumentRepository instruments;
  private final Klines klines;
  private final TickRepository ticks;
  private final BinanceSymbols symbols;
  private final Prices prices;
  private final Tickers tickers;
  private final TradeIdRepository tradeIds;
  private final BookRepository books;
  private final Clock clock;

  /** What trade requests are answered from: the trades, and where an id is among them. */
  public record Trades(TickRepository ticks, TradeIdRepository ids) {}

  /** Serves this venue. */
  public BinanceHandler(
      String venue,
      InstrumentRepository instruments,
      Klines klines,
      Trades trades,
      Prices prices,
      Tickers tickers,
      BookRepository books,
      Clock clock) {
    this.books = books;
    this.venue = venue;
    this.instruments = instruments;
    this.klines = klines;
    this.ticks = trades.ticks();
    this.symbols = new BinanceSymbols(venue, instruments);
    this.prices = prices;
    this.tickers = tickers;
    this.tradeIds = trades.ids();
    this.clock = clock;
  }

  /** Mounts its paths on the router. */
  public void mount(Router router) {
    Dialect binance = new Dialect(router, "/api/v3/", BinanceHandler::refuse);
    binance.route("ping", this::ping);
    binance.route("time", this::time);
    binance.route("exchangeInfo", this::exchangeInfo);
    binance.route("klines", this::klines);
    binance.route("uiKlines", this::klines);
    binance.route("trades", this::trades);
    binance.route("historicalTrades", this::historicalTrades);
    binance.route("aggTrades", this::aggregateTrades);
    binance.route("depth", this::depth);
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
    List<String> names = params.symbols();
    List<String> permissions = params.texts("permissions");
    String status = params.word("symbolStatus", STATUSES);
    boolean filtered = status != null || !permissions.isEmpty();
    if (filtered && !names.isEmpty()) {
      throw BinanceException.badCombination();
    }
    boolean none =
        (status != null && !status.equals("TRADING"))
            || (!permissions.isEmpty() && !permissions.contains("SPOT"));
    boolean sets = !"false".equals(params.word("showPermissionSets", Set.of("true", "false")));
    Future<List<Instrument>> found =
        none
            ? Future.succeededFuture(List.of())
            : names.isEmpty()
                ? instruments.search(venue, null, MOST_INSTRUMENTS)
                : symbols.find(names);
    Reply.when(
        ctx,
        found,
        listed -> Reply.json(ctx, new ExchangeInfo(listed, sets, clock.millis())::write));
  }

  private void klines(RoutingContext ctx) {
    KlineQuery query = KlineQuery.parse(BinanceParams.of(ctx, KlineQuery.PARAMETERS));
    long perSecond = SECOND / micros(ctx);
    Reply.when(
        ctx,
        symbols.find(query.symbol()).compose(instrument -> klines.find(instrument.id(), query)),
        found ->
            Reply.json(
                ctx,
                json ->
                    KlineJson.write(
                        json, found.candles(), found.takerQuotes(), query.interval(), perSecond)));
  }

  private void trades(RoutingContext ctx) {
    trades(ctx, TradeQuery.LATEST, TradeJson::trade);
  }

  private void historicalTrades(RoutingContext ctx) {
    trades(ctx, TradeQuery.HISTORICAL, TradeJson::trade);
  }

  private void aggregateTrades(RoutingContext ctx) {
    trades(ctx, TradeQuery.AGGREGATE, TradeJson::aggregate);
  }

  private void trades(RoutingContext ctx, Set<String> known, TradeJson.Form form) {
    TradeQuery query = TradeQuery.parse(BinanceParams.of(ctx, known));
    long micros = micros(ctx);
    Reply.when(
        ctx,
        symbols.find(query.symbol()).compose(instrument -> trades(instrument.id(), query)),
        list ->
            Reply.json(
                ctx,
                json -> {
                  json.writeStartArray();
                  for (Trade trade : list) {
                    form.write(json, trade, micros);
                  }
                  json.writeEndArray();
                }));
  }

  private Future<List<Trade>> trades(int instrument, TradeQuery query) {
    if (query.fromId() != null) {
      return tradeIds.from(instrument, query.fromId(), query.limit());
    }
    return query.range() == null
        ? Future.succeededFuture(List.of())
        : ticks.trades(instrument, query.range(), query.limit());
  }

  private void depth(RoutingContext ctx) {
    BinanceParams params = BinanceParams.of(ctx, Set.of("symbol", "limit", "symbolStatus"));
    params.word("symbolStatus", STATUSES);
    int limit = params.limit(DEPTH, MOST_DEPTH);
    Reply.when(
        ctx,
        symbols.find(params.symbol()).compose(instrument -> books.latest(instrument.id())),
        book -> Reply.json(ctx, json -> book.write(json, limit)));
  }

  private void price(RoutingContext ctx) {
    BinanceParams params = tickerParams(ctx, Set.of("symbol", "symbols", "symbolStatus"));
    answer(ctx, params, names -> prices.of(venue, names), Prices::write);
  }

  private void day(RoutingContext ctx) {
    BinanceParams params = tickerParams(ctx, Set.of("symbol", "symbols", "type", "symbolStatus"));
    boolean mini = "MINI".equals(params.word("type", Set.of("FULL", "MINI")));
    long perMilli = MILLI / micros(ctx);
    answer(
        ctx,
        params,
        names -> tickers.days(venue, names),
        (json, ticker) -> ticker.write(json, mini, perMilli));
  }

  private void book(RoutingContext ctx) {
    BinanceParams params = tickerParams(ctx, Set.of("symbol", "symbols", "symbolStatus"));
    answer(ctx, params, names -> tickers.books(venue, names), Ticker::writeBook);
  }

  private static BinanceParams tickerParams(RoutingContext ctx, Set<String> known) {
    BinanceParams params = BinanceParams.of(ctx, known);
    params.word("symbolStatus", STATUSES);
    return params;
  }

  private interface Form<T> {
    void write(JsonGenerator json, T found) throws IOException;
  }

  /**
   * An object if a single symbol was named, which is then required to exist; otherwise an array.
   * Every market here is TRADING.
   */
  private <T> void answer(
      RoutingContext ctx,
      BinanceParams params,
      Function<List<String>, Future<List<T>>> find,
      Form<T> form) {
    boolean one = params.text("symbol") != null;
    String status = params.text("symbolStatus");
    boolean none = status != null && !status.equals("TRADING");
    Reply.when(
        ctx,
        none
            ? Future.succeededFuture(List.<T>of())
            : symbols.names(params.symbols()).compose(find::apply),
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

  /** How many microseconds one unit of the answer's times is. */
  private static long micros(RoutingContext ctx) {
    return BinanceParams.micros(UNIT, ctx.request().getHeader(UNIT));
  }

  /** Answers a failed request in Binance's words. */
  public static void refuse(RoutingContext ctx) {
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
