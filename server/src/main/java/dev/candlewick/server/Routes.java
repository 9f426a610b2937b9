package dev.candlewick.server;

import dev.candlewick.ingest.Ingest;
import dev.candlewick.ingest.influx.InfluxHandler;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.server.audit.AuditHandler;
import dev.candlewick.server.audit.AuditRepository;
import dev.candlewick.server.audit.HourlyAudit;
import dev.candlewick.server.binance.BinanceHandler;
import dev.candlewick.server.binance.BinanceStreams;
import dev.candlewick.server.binance.BookRepository;
import dev.candlewick.server.binance.Klines;
import dev.candlewick.server.binance.Prices;
import dev.candlewick.server.binance.TakerQuoteRepository;
import dev.candlewick.server.binance.Tickers;
import dev.candlewick.server.binance.TradeIdRepository;
import dev.candlewick.server.candle.CandleHandler;
import dev.candlewick.server.candle.CandleMemory;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.CoverageHandler;
import dev.candlewick.server.candle.CoverageRepository;
import dev.candlewick.server.candle.Gaps;
import dev.candlewick.server.console.ConsoleHandler;
import dev.candlewick.server.feature.DeclarationRepository;
import dev.candlewick.server.feature.FeatureCheck;
import dev.candlewick.server.feature.FeatureHandler;
import dev.candlewick.server.indicator.IndicatorHandler;
import dev.candlewick.server.instrument.InstrumentHandler;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.latest.LatestHandler;
import dev.candlewick.server.latest.LatestRepository;
import dev.candlewick.server.live.Live;
import dev.candlewick.server.performance.PerformanceHandler;
import dev.candlewick.server.performance.PerformanceRepository;
import dev.candlewick.server.record.KindRepository;
import dev.candlewick.server.record.RecordHandler;
import dev.candlewick.server.record.RecordRepository;
import dev.candlewick.server.stream.StreamHandler;
import dev.candlewick.server.stream.StreamRepository;
import dev.candlewick.server.tick.TickHandler;
import dev.candlewick.server.tick.TickRepository;
import dev.candlewick.server.udf.UdfHandler;
import dev.candlewick.server.udf.UdfInstruments;
import dev.candlewick.server.web.Dialect;
import dev.candlewick.server.web.Methods;
import dev.candlewick.server.web.Problems;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Every URL, on one page. */
final class Routes {
  private final Router router;

  Routes(
      Vertx vertx,
      Gate gate,
      Ingest ingest,
      Live live,
      BinanceStreams streams,
      Pools pools,
      Health health,
      ServerMetrics metrics) {
    Pool reads = pools.reads();
    router = Router.router(vertx);
    Methods.mountHead(router);
    router.route().handler(metrics::time);
    gate.mount(router);
    Methods.mountOptions(router);
    health.mount(router);
    new ConsoleHandler().mount(router);
    InfluxHandler.mountOpen(router);
    gate.mountKeys(router);
    metrics.mount(router);
    new InfluxHandler(ingest.mount(router, Routes::ingestKey)).mount(router);
    live.mount(router);
    InstrumentRepository instruments = new InstrumentRepository(reads);
    Clock clock = Clock.systemUTC();
    Candles candles = new Candles(new CandleRepository(reads, pools.opened()::get), clock);
    TickRepository ticks = new TickRepository(reads);
    LatestRepository latest = new LatestRepository(reads);
    CandleMemory memory = new CandleMemory(candles, pools.memory());
    new CandleHandler(candles, memory).mount(router);
    new IndicatorHandler(candles, memory).mount(router);
    DeclarationRepository declarations = new DeclarationRepository(reads, pools.primary());
    new FeatureHandler(declarations).mount(router);
    CoverageRepository coverage = new CoverageRepository(reads);
    new CoverageHandler(candles, coverage).mount(router);
    FeatureCheck features = new FeatureCheck(declarations, candles);
    HourlyAudit audit =
        new HourlyAudit(
            new AuditRepository(reads), new Gaps(candles, coverage), features, metrics.registry());
    audit.start(vertx);
    new AuditHandler(audit).mount(router);
    new TickHandler(instruments, ticks).mount(router);
    new InstrumentHandler(instruments, new InstrumentRepository(pools.primary())).mount(router);
    new LatestHandler(latest, pools.memory()).mount(router);
    new RecordHandler(new KindRepository(reads), new RecordRepository(reads)).mount(router);
    new PerformanceHandler(new PerformanceRepository(reads), clock).mount(router);
    new StreamHandler(new StreamRepository(reads), Routes::owner).mount(router);
    Prices prices = new Prices(instruments, latest, candles);
    Tickers tickers = new Tickers(instruments, latest, candles, clock);
    new BinanceHandler(
            streams.venue(),
            instruments,
            new Klines(candles, new TakerQuoteRepository(reads)),
            new BinanceHandler.Trades(ticks, new TradeIdRepository(reads)),
            prices,
            tickers,
            new BookRepository(reads),
            clock)
        .mount(router);
    streams.mount(router);
    new UdfHandler(new UdfInstruments(instruments, candles), candles, clock).mount(router);
    mountProblems();
  }

  /** An unknown path is answered in the format of the dialect it belongs to. */
  private void mountProblems() {
    Problems.mount(
        router,
        new Dialect(router, "/api/v3/", BinanceHandler::refuse),
        new Dialect(router, "/ws/", BinanceHandler::refuse),
        new Dialect(router, "/stream/", BinanceHandler::refuse),
        new Dialect(router, "/udf/", UdfHandler::refuse),
        new Dialect(router, "/api/v2/", Routes::refuseLines),
        new Dialect(router, "/write/", Routes::refuseLines),
        new Dialect(router, "/ping/", Routes::refuseLines),
        new Dialect(router, "/settings/", Routes::refuseLines));
  }

  private static void refuseLines(RoutingContext ctx) {
    InfluxHandler.refuse(ctx, Problems.of(ctx));
  }

  /**
   * An API key sees its own streams and rejects; one with scope admin sees all, unless confined.
   */
  private static @Nullable Integer owner(RoutingContext ctx) {
    ApiKeyFile.Key key = ApiKeys.of(ctx);
    if (key == null || (key.scopes().contains("admin") && key.bots().isEmpty())) {
      return null;
    }
    return key.id();
  }

  private static IngestKey ingestKey(RoutingContext ctx) {
    ApiKeyFile.Key key = ApiKeys.of(ctx);
    return key == null
        ? IngestKey.NONE
        : new IngestKey(key.id(), key.limit("rows/s"), key.limit("bytes/s"), key.bots());
  }

  Router router() {
    return router;
  }
}
