package dev.candlewick.server;

import dev.candlewick.ingest.Ingest;
import dev.candlewick.ingest.spool.SpoolException;
import dev.candlewick.server.Migrator.Migrated;
import dev.candlewick.server.Migrator.UnsuitableException;
import dev.candlewick.server.binance.BinanceStreams;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.feature.FeatureRepository;
import dev.candlewick.server.feature.Features;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.live.Live;
import dev.candlewick.server.live.LiveRepository;
import dev.candlewick.server.memory.ChangeRepository;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.topic.CandleTopic;
import dev.candlewick.server.topic.OutRepository;
import dev.candlewick.server.topic.TopicConfig;
import dev.candlewick.server.topic.TopicMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition: pools, the write path, the read path, the routes, in this order; {@link #stop}
 * reverses it. Listens immediately, even before the database is available; {@code /readyz} reports
 * that.
 */
final class Server {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  /** One thread each; more of them than processors would only take turns. */
  private static final int LOOPS = Runtime.getRuntime().availableProcessors();

  private static final Duration DRAIN = Duration.ofSeconds(20);
  private static final Duration DATABASE_EVERY = Duration.ofSeconds(15);
  private static final Duration CHUNKS_EVERY = Duration.ofMinutes(10);
  private static final int OK = 0;
  private static final int HALTED = 3;

  private final ServerConfig config;
  private final Vertx vertx;
  private final ServerMetrics metrics;
  private final DatabaseMetrics database;
  private final BotMetrics bots;
  private final ChunkMetrics chunks;
  private final Archiving archiving;
  private final Ingest ingest;
  private final AtomicLong opened = new AtomicLong();
  private final Pools pools;
  private final Live live;
  private final Features features;
  private final @Nullable CandleTopic candleTopic;
  private final BinanceStreams streams;
  private final Health health;
  private final Routes routes;
  private final ApiKeys keys;
  private final Connections connections;
  private final HttpListener http;
  private final Migration migration;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread beginning = new Thread(this::begin, "candlewick-begin");
  private final Thread files = new Thread(this::readFilesAgain, "candlewick-files");
  private volatile boolean stopping;

  Server(ServerConfig config) throws ServerException {
    this.config = config;
    this.keys = ApiKeys.load(config.apiKeysFile());
    this.migration = Migration.begin(config);
    this.metrics = new ServerMetrics();
    metrics.keys(keys.size());
    this.database = new DatabaseMetrics(metrics.registry());
    this.bots = new BotMetrics(metrics.registry());
    this.chunks = new ChunkMetrics(metrics.registry());
    this.vertx = vertx(metrics);
    this.ingest = ingest();
    this.pools = pools();
    this.archiving =
        new Archiving(
            vertx,
            config.archive(),
            config.database(),
            new ArchiveRepository(pools.primary()),
            metrics.registry());
    this.live = live(vertx, pools, metrics);
    this.features = features(vertx, pools, metrics.registry());
    this.candleTopic = candleTopic(config.candleTopic());
    InstrumentRepository instruments = new InstrumentRepository(pools.primary());
    this.streams =
        new BinanceStreams(config.binanceVenue(), instruments, live.feed(), Clock.systemUTC());
    this.health =
        new Health(
            ingest::reasons,
            () -> pools.reads().query("select 1").execute(),
            database::waitingMinutes,
            () -> Stream.of(ingest.warnings(), database.warnings()).flatMap(List::stream).toList());
    this.connections = new Connections(vertx, config.http(), metrics.registry());
    Gate gate =
        new Gate(
            connections,
            new Origins(config.http().origins(), keys.open()),
            keys,
            config.http().certificate() != null);
    this.routes = new Routes(vertx, gate, ingest, live, streams, pools, health, metrics);
    this.http =
        new HttpListener(
            vertx,
            config.http(),
            keys.open(),
            LOOPS,
            config.ingest().limits().messageBytes(),
            routes.router(),
            connections);
  }

  private static Vertx vertx(ServerMetrics metrics) {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(LOOPS)
            .setMaxEventLoopExecuteTime(200)
            .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
            // Otherwise it needs its own directory to write to, for files that we never serve.
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false))
            .setMetricsOptions(new MetricsOptions().setEnabled(true));
    return Vertx.builder().with(options).withMetrics(new PoolMetrics(metrics.registry())).build();
  }

  private Ingest ingest() throws ServerException {
    try {
      return new Ingest(vertx, config.ingest(), metrics.registry());
    } catch (SpoolException e) {
      throw new ServerException("CANDLEWICK_SPOOL_DIR " + e.getMessage());
    }
  }

  private static Live live(Vertx vertx, Pools pools, ServerMetrics metrics) {
    Clock clock = Clock.systemUTC();
    Pool primary = pools.primary();
    Candles candles = new Candles(new CandleRepository(primary, pools.opened()::get), clock);
    InstrumentRepository instruments = new InstrumentRepository(primary);
    LiveRepository repository = new LiveRepository(primary);
    return new Live(vertx, repository, instruments, candles, clock, metrics.registry());
  }

  private static Features features(Vertx vertx, Pools pools, MeterRegistry registry) {
    Clock clock = Clock.systemUTC();
    Pool primary = pools.primary();
    Candles candles = new Candles(new CandleRepository(primary, pools.opened()::get), clock);
    return new Features(vertx, FeatureRepository.lead(vertx, primary), candles, clock, registry);
  }

  private @Nullable CandleTopic candleTopic(@Nullable TopicConfig topic) {
    TopicMetrics topicMetrics = new TopicMetrics(metrics.registry());
    if (topic == null) {
      return null;
    }
    Pool primary = pools.primary();
    Clock clock = Clock.systemUTC();
    Candles candles = new Candles(new CandleRepository(primary, pools.opened()::get), clock);
    return new CandleTopic(topic, OutRepository.lead(vertx, primary), candles, clock, topicMetrics);
  }

  private Pools pools() {
    // Four more: live listens, features are written, candles are published, the memory asks.
    Pool primary = pool("primary", config.database(), config.readPool() + 4);
    Pool reads = pool("reads", config.readDatabase(), config.readPool());
    ReplicaMetrics replica = new ReplicaMetrics(metrics.registry());
    boolean same = config.readDatabase().equals(config.database());
    return new Pools(
        same ? reads : new ReplicaRepository(vertx, reads, primary, replica),
        primary,
        opened,
        same ? memory(primary) : Memory.none());
  }

  private Memory memory(Pool primary) {
    long bytes = config.memoryBytes();
    ChangeRepository changes = new ChangeRepository(primary);
    return bytes == 0 ? Memory.none() : new Memory(bytes, vertx, changes, metrics.registry());
  }

  private Pool pool(String name, DatabaseUrl database, int size) {
    return Pools.open(vertx, name, database, size, config.readQueue(), opened);
  }

  void start() throws ServerException, InterruptedException {
    beginning.start();
    http.listen(metrics);
    files.setDaemon(true);
    files.start();
    LOG.info("listening on {}", url());
  }

  String url() {
    return http.url();
  }

  /** Keys are revoked and certificates renewed while the server runs. */
  private void readFilesAgain() {
    while (!stopping) {
      pause();
      keys.reload(connections, metrics);
      http.reloadCertificate();
    }
  }

  Routes routes() {
    return routes;
  }

  /** Once the schema is there, the write path starts. */
  private void begin() {
    try {
      Migrated done = migration.done().get();
      LOG.info(
          "TimescaleDB {}, {} edition: {} migrations applied",
          done.version(),
          done.edition(),
          done.migrations());
      while (!stopping && !archiving.start()) {
        pause();
      }
      watchDatabase(done);
      ingest.start();
      features.start();
      if (candleTopic != null) {
        candleTopic.start();
      }
      begun.complete(null);
    } catch (CancellationException stoppedBefore) {
      LOG.info("stopped before the database was there");
      begun.cancel(false);
    } catch (ExecutionException e) {
      begun.completeExceptionally(e.getCause());
    } catch (UnsuitableException | RuntimeException e) {
      begun.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watchDatabase(Migrated done) {
    database.kind(done.edition(), done.version());
    DatabaseRepository primary = new DatabaseRepository(pools.primary());
    BotRepository written = new BotRepository(pools.primary());
    ChunkRepository stored = new ChunkRepository(pools.primary(), done.edition());
    vertx.setPeriodic(
        0, CHUNKS_EVERY.toMillis(), tick -> stored.sizes().onSuccess(chunks::answered));
    vertx.setPeriodic(
        0, DATABASE_EVERY.toMillis(), tick -> written.state().onSuccess(bots::answered));
    vertx.setPeriodic(
        0,
        DATABASE_EVERY.toMillis(),
        tick -> primary.state().onSuccess(database::answered).onFailure(database::failed));
  }

  static void pause() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the schema is there, or the server stops; throws if it never can be. */
  void awaitMigration() throws UnsuitableException, InterruptedException {
    try {
      begun.get();
    } catch (CancellationException stoppedBefore) {
      return;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsuitableException unsuitable) {
        throw unsuitable;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Waits until {@link #stop} is done; returns the exit code. */
  int awaitStop() throws InterruptedException {
    stopped.await();
    return OK;
  }

  /** Drains: no new data, everything accepted is written and acked, then everything closes. */
  void stop() {
    if (stopping) {
      return;
    }
    stopping = true;
    Thread hardStop = new Thread(Server::sleepThenHalt, "candlewick-hard-stop");
    hardStop.setDaemon(true);
    hardStop.start();
    health.drain();
    migration.stop();
    begun.cancel(false);
    ingest.drain();
    archiving.stop();
    features.stop();
    live.drain();
    streams.drain();
    try {
      ingest.stop(DRAIN);
      if (candleTopic != null) {
        candleTopic.stop();
      }
      live.stop();
      streams.stop();
      await(http.close());
      await(pools.reads().close().toCompletionStage().toCompletableFuture());
      await(pools.primary().close().toCompletionStage().toCompletableFuture());
      await(vertx.close().toCompletionStage().toCompletableFuture());
      LOG.info("stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      hardStop.interrupt();
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
