package dev.candlewick.server;

import dev.candlewick.ingest.Ingest;
import dev.candlewick.server.Migrator.Migrated;
import dev.candlewick.server.Migrator.UnreachableException;
import dev.candlewick.server.Migrator.UnsuitableException;
import dev.candlewick.server.binance.BinanceStreams;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.live.Live;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition: pools, the write way, the read way, the routes, in this order; {@link #stop} is
 * the reverse. Listens at once, also before the database is there; {@code /readyz} tells.
 */
final class Server {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final Duration DRAIN = Duration.ofSeconds(20);
  private static final int OK = 0;
  private static final int HALTED = 3;

  private final ServerConfig config;
  private final Vertx vertx;
  private final ServerMetrics metrics;
  private final Ingest ingest;
  private final Pools pools;
  private final Live live;
  private final BinanceStreams streams;
  private final Health health;
  private final HttpServer http;
  private final CompletableFuture<Migrated> migrated = new CompletableFuture<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread migration = new Thread(this::migrate, "candlewick-migrate");
  private volatile boolean stopping;

  Server(ServerConfig config) throws ServerException {
    this.config = config;
    ApiKeys keys = ApiKeys.load(config.apiKeysFile());
    this.metrics = new ServerMetrics();
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setMaxEventLoopExecuteTime(200)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS));
    this.ingest = new Ingest(vertx, config.ingest(), metrics.registry());
    this.pools = new Pools(pool(config.readDatabase(), config), pool(config.database(), config));
    this.live = live(vertx, pools.primary(), metrics);
    InstrumentRepository instruments = new InstrumentRepository(pools.primary());
    this.streams =
        new BinanceStreams(config.binanceVenue(), instruments, live.feed(), Clock.systemUTC());
    this.health = new Health(ingest::troubles, () -> pools.reads().query("select 1").execute());
    this.http =
        vertx
            .createHttpServer(httpOptions(keys))
            .requestHandler(
                new Routes(vertx, keys, ingest, live, streams, pools, health, metrics).router());
  }

  private static Live live(Vertx vertx, Pool primary, ServerMetrics metrics) {
    Clock clock = Clock.systemUTC();
    Candles candles = new Candles(new CandleRepository(primary), clock);
    InstrumentRepository instruments = new InstrumentRepository(primary);
    return new Live(vertx, primary, instruments, candles, clock, metrics.registry());
  }

  private HttpServerOptions httpOptions(ApiKeys keys) {
    String host = config.httpHost();
    return new HttpServerOptions()
        .setHost(host == null ? keys.defaultHost() : host)
        .setPort(config.httpPort())
        .setDecompressionSupported(true)
        // A small deflated frame may inflate to anything before a limit is looked at.
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setMaxWebSocketFrameSize(config.ingest().limits().messageBytes())
        .setHttp2ClearTextEnabled(false);
  }

  private Pool pool(DatabaseUrl database, ServerConfig from) {
    // Planning with the values at hand is what excludes chunks.
    Map<String, String> session =
        Map.of(
            "application_name", "candlewick-read",
            "statement_timeout", "5000",
            "timezone", "UTC",
            "plan_cache_mode", "force_custom_plan",
            "jit", "off");
    PgConnectOptions connect =
        database.parameters().isEmpty()
            ? new PgConnectOptions()
            : PgConnectOptions.fromUri("postgresql:///?" + database.parameters());
    connect
        .setHost(database.host())
        .setPort(database.port())
        .setDatabase(database.database())
        .setUser(database.user())
        .setPassword(database.password())
        .setCachePreparedStatements(true);
    session.forEach(connect::addProperty);
    return PgBuilder.pool()
        .with(new NetClientOptions().setConnectTimeout(5_000).setTcpKeepAlive(true))
        .with(
            new PoolOptions()
                .setMaxSize(from.readPool())
                .setMaxWaitQueueSize(from.readQueue())
                .setConnectionTimeout(5)
                .setMaxLifetime(30)
                .setMaxLifetimeUnit(TimeUnit.MINUTES))
        .connectingTo(connect)
        .using(vertx)
        .build();
  }

  void start() throws ServerException, InterruptedException {
    migration.start();
    try {
      http.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new ServerException("cannot listen on port " + config.httpPort() + ": " + e.getCause());
    }
    LOG.info("listening on {}", url());
  }

  String url() {
    String host = config.httpHost() == null ? "127.0.0.1" : config.httpHost();
    return "http://" + host + ":" + http.actualPort();
  }

  /** Tries until the database can be asked; then the write way begins. */
  private void migrate() {
    Migrator migrator = Migrator.of(config);
    while (!stopping) {
      try {
        Migrated done = migrator.migrate();
        LOG.info(
            "TimescaleDB {}, {} edition: {} migrations applied",
            done.version(),
            done.edition(),
            done.migrations());
        metrics.database(done.edition(), done.version());
        ingest.start();
        migrated.complete(done);
        return;
      } catch (UnsuitableException e) {
        migrated.completeExceptionally(e);
        return;
      } catch (UnreachableException e) {
        LOG.warn("waiting for the database: {}", e.getMessage());
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the schema is there, or the server stops; throws if it never can be. */
  void awaitMigration() throws UnsuitableException, InterruptedException {
    try {
      migrated.get();
    } catch (CancellationException stoppedBefore) {
      LOG.info("stopped before the database was there");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsuitableException unsuitable) {
        throw unsuitable;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Waits until {@link #stop} is through; the exit code. */
  int awaitStop() throws InterruptedException {
    stopped.await();
    return OK;
  }

  /** Drains: no new data, what was taken is written and acked, then everything closes. */
  void stop() {
    if (stopping) {
      return;
    }
    stopping = true;
    Thread hardStop = new Thread(Server::sleepThenHalt, "candlewick-hard-stop");
    hardStop.setDaemon(true);
    hardStop.start();
    health.drain();
    migrated.cancel(false);
    ingest.drain();
    live.drain();
    streams.drain();
    try {
      ingest.stop(DRAIN);
      live.stop();
      streams.stop();
      await(http.shutdown(1, TimeUnit.SECONDS).toCompletionStage().toCompletableFuture());
      await(pools.reads().close().toCompletionStage().toCompletableFuture());
      await(pools.primary().close().toCompletionStage().toCompletableFuture());
      await(vertx.close().toCompletionStage().toCompletableFuture());
      LOG.info("stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
    }
  }

  private static void sleepThenHalt() {
    try {
      Thread.sleep(25_000);
      LOG.error("stopping took longer than 25 s; what was not acked is not written");
      Runtime.getRuntime().halt(HALTED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(CompletableFuture<?> closing) throws InterruptedException {
    try {
      closing.get(2, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("not closed in time: {}", String.valueOf(e.getCause()));
    }
  }
}
