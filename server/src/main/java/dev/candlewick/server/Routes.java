package dev.candlewick.server;

import dev.candlewick.ingest.Ingest;
import dev.candlewick.server.candle.CandleHandler;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.InstrumentHandler;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.latest.LatestHandler;
import dev.candlewick.server.latest.LatestRepository;
import dev.candlewick.server.live.Live;
import dev.candlewick.server.stream.StreamHandler;
import dev.candlewick.server.stream.StreamRepository;
import dev.candlewick.server.tick.TickHandler;
import dev.candlewick.server.tick.TickRepository;
import dev.candlewick.server.web.Problems;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.time.Clock;

/** Every URL on one page. */
final class Routes {
  private final Router router;

  Routes(
      Vertx vertx,
      ApiKeys keys,
      Ingest ingest,
      Live live,
      Pool reads,
      Pool writes,
      Health health,
      ServerMetrics metrics) {
    router = Router.router(vertx);
    router.route().handler(metrics::time);
    health.mount(router);
    keys.mount(router);
    metrics.mount(router);
    ingest.mount(router, ApiKeys::idOf);
    live.mount(router);
    InstrumentRepository instruments = new InstrumentRepository(reads);
    new CandleHandler(new Candles(new CandleRepository(reads), Clock.systemUTC())).mount(router);
    new TickHandler(instruments, new TickRepository(reads)).mount(router);
    new InstrumentHandler(instruments, new InstrumentRepository(writes)).mount(router);
    new LatestHandler(new LatestRepository(reads)).mount(router);
    new StreamHandler(new StreamRepository(reads)).mount(router);
    Problems.mount(router);
  }

  Router router() {
    return router;
  }
}
