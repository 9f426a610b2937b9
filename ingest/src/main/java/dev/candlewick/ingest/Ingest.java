package dev.candlewick.ingest;

import com.zaxxer.hikari.HikariDataSource;
import dev.candlewick.ingest.change.ChangeNotifier;
import dev.candlewick.ingest.kafka.KafkaConfig;
import dev.candlewick.ingest.kafka.KafkaMetrics;
import dev.candlewick.ingest.kafka.KafkaSource;
import dev.candlewick.ingest.lane.BatchWriter;
import dev.candlewick.ingest.lane.IngestMetrics;
import dev.candlewick.ingest.lane.Lane;
import dev.candlewick.ingest.lane.LaneSpool;
import dev.candlewick.ingest.lane.Spooler;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.rest.KindEndpoint;
import dev.candlewick.ingest.rest.Requests;
import dev.candlewick.ingest.rest.RestEndpoint;
import dev.candlewick.ingest.socket.IngestEndpoint;
import dev.candlewick.ingest.socket.Sessions;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.spool.SpoolConfig;
import dev.candlewick.ingest.spool.SpoolException;
import dev.candlewick.ingest.table.AbandonedStatements;
import dev.candlewick.ingest.table.InstrumentIds;
import dev.candlewick.ingest.table.KindCatalogue;
import dev.candlewick.ingest.table.Kinds;
import dev.candlewick.net.DatabaseSession;
import dev.candlewick.rollup.RollUp;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The whole write path: WebSocket {@code /v1/ingest}, REST, dialects and Kafka in, rows in the
 * hypertables out, an answer after COMMIT. Creates its parts, starts them, and stops them in order.
 */
public final class Ingest {
  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(3);

  private final IngestConfig config;
  private final HikariDataSource pool;
  private final KindCatalogue kinds;
  private final ChangeNotifier notifier;
  private final AbandonedStatements abandoned;
  private final RollUp rollUp;
  private final List<Lane> lanes = new ArrayList<>();
  private final @Nullable Spooler spooler;
  private final Intake intake;
  private final Sessions sessions;
  private final @Nullable KafkaSource kafka;
  private volatile @Nullable Requests requests;
  private volatile boolean started;

  /**
   * Creates the lanes; {@link #start} starts them.
   *
   * @throws SpoolException if the spool's directory cannot be used
   */
  public Ingest(Vertx vertx, IngestConfig config, MeterRegistry registry) {
    this.config = config;
    this.pool = new HikariDataSource(WritePool.config(config, registry));
    Budget budget = new Budget(config.budgetBytes());
    SpoolConfig spool = config.spool();
    this.spooler = spool == null ? null : Spooler.open(spool, config.lanes(), registry);
    this.kinds = new KindCatalogue(vertx, new Kinds(), pool);
    IngestMetrics metrics = new IngestMetrics(registry, budget);
    this.notifier = new ChangeNotifier(pool);
    this.abandoned =
        new AbandonedStatements(pool, WritePool.LONGEST_STATEMENT, DatabaseSession.LONGEST_READ);
    makeLanes(metrics);
    Intake.Bounds bounds =
        new Intake.Bounds(
            config.limits().rows(),
            config.keyBudgetBytes(),
            config.retention(),
            config.strictDurability());
    this.intake = new Intake(vertx, bounds, lanes, pool, budget, metrics, kinds);
    this.sessions = new Sessions(vertx, intake, spooler);
    KafkaConfig fromKafka = config.kafka();
    // Its meters exist even without Kafka: nothing read counts as 0.
    KafkaMetrics kafkaMetrics = new KafkaMetrics(registry);
    this.kafka =
        fromKafka == null
            ? null
            : new KafkaSource(intake, fromKafka, config.bodyBytes(), kafkaMetrics);
    this.rollUp = new RollUp(pool, config.retention(), notifier, registry);
  }

  private void makeLanes(IngestMetrics metrics) {
    Batch.Bounds bounds = new Batch.Bounds(config.batchRows(), config.batchBytes());
    InstrumentIds instrumentIds = new InstrumentIds();
    for (int number = 0; number < config.lanes(); number++) {
      BatchWriter writer =
          new BatchWriter(
              number, connections(), instrumentIds, config.strictDurability(), notifier, metrics);
      LaneSpool laneSpool = spooler == null ? null : spooler.lane(number);
      lanes.add(
          new Lane(
              number, writer, laneSpool, Lane.Clock.SYSTEM, bounds, config.batchAge(), metrics));
    }
    metrics.watch(lanes);
  }

  private BatchWriter.ConnectionSource connections() {
    return new BatchWriter.ConnectionSource() {
      @Override
      public Connection take() throws SQLException {
        return pool.getConnection();
      }

      @Override
      public void evict(Connection connection) {
        pool.evictConnection(connection);
      }
    };
  }

  /** Starts writing and rolling up. The database need not be available yet. */
  public void start() {
    if (spooler != null) {
      spooler.start();
    }
    notifier.start();
    abandoned.start();
    kinds.shipPatiently();
    lanes.forEach(Lane::start);
    rollUp.start();
    sessions.start();
    started = true;
    if (kafka != null) {
      kafka.start();
    }
  }

  /**
   * Adds the write path's routes.
   *
   * @param key the API key of a request
   * @return the limits of requests, for dialects
   */
  public Requests mount(Router router, Function<RoutingContext, IngestKey> key) {
    Requests mounted = new Requests(intake, key, config.bodyBytes(), this::troubles);
    requests = mounted;
    router
        .get("/v1/ingest")
        .handler(new IngestEndpoint(intake, sessions, config.limits(), key)::handle);
    new RestEndpoint(mounted).mount(router);
    new KindEndpoint(mounted).mount(router);
    return mounted;
  }

  /** Why rows cannot be written now, as {@code code: detail}; empty if all is well. */
  public List<String> troubles() {
    return started
        ? intake.troubles()
        : List.of("starting: the database is not there or not migrated yet");
  }

  /** Why this instance should get no feeds: {@link #troubles}, or its spool is nearly full. */
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>(troubles());
    if (spooler != null) {
      reasons.addAll(spooler.troubles());
    }
    return reasons;
  }

  /**
   * What needs an operator but stops nobody else's rows. Were the instance not ready for it, the
   * feeds that have to send again could not reach it.
   */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (spooler != null) {
      warnings.addAll(spooler.warnings());
    }
    if (kafka != null) {
      warnings.addAll(kafka.troubles());
    }
    return warnings;
  }

  /** Tells feeds that the server is stopping and accepts nothing more. */
  public void drain() {
    Requests mounted = requests;
    if (mounted != null) {
      mounted.drain();
    }
    sessions.drain();
    if (kafka != null) {
      kafka.drain();
    }
  }

  /**
   * Writes everything accepted, acks it, and closes the connections. Blocks for at most {@code
   * deadline}.
   */
  public void stop(Duration deadline) throws InterruptedException {
    Instant end = Instant.now().plus(deadline);
    sessions.awaitDrained(Instant.now().plus(LONGEST_DRAIN));
    if (kafka != null) {
      kafka.awaitStop();
    }
    lanes.forEach(Lane::stop);
    for (Lane lane : lanes) {
      lane.awaitStop(Duration.between(Instant.now(), end));
    }
    if (spooler != null) {
      spooler.stop();
    }
    sessions.goAway();
    rollUp.stop();
    notifier.stop();
    abandoned.stop();
    pool.close();
  }
}
