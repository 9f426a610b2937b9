package dev.candlewick.ingest;

import com.zaxxer.hikari.HikariDataSource;
import dev.candlewick.ingest.Answer.Durability;
import dev.candlewick.ingest.change.ChangeNotifier;
import dev.candlewick.ingest.spool.SpoolConfig;
import dev.candlewick.ingest.spool.SpoolException;
import dev.candlewick.net.Problem;
import dev.candlewick.rollup.RollUp;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The door of the write way: WebSocket {@code /v1/ingest} and REST {@code POST
 * /v1/trades|quotes|candles} in, rows in the hypertables out, an answer after COMMIT.
 */
public final class Ingest {
  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(3);
  private static final long LOOK_EVERY_MILLIS = 2_000;

  private final Vertx vertx;
  private final IngestConfig config;
  private final HikariDataSource pool;
  private final WorkerExecutor blocking;
  private final Budget budget;
  private final JsonDecoder decoder;
  private final KindCatalogue kinds;
  private final RecordIntake records;
  private final RecordIntake requestRecords;
  private final IngestMetrics metrics;
  private final ChangeNotifier notifier;
  private final RollUp rollUp;
  private final List<Lane> lanes = new ArrayList<>();
  private final @Nullable Spooler spooler;
  private final @Nullable KafkaSource kafka;
  private final Map<Integer, Quota> quotas = new ConcurrentHashMap<>();
  private final Map<StreamName, Held> sessions = new ConcurrentHashMap<>();
  private volatile Function<RoutingContext, IngestKey> keyOf = request -> IngestKey.NONE;
  private volatile boolean started;
  private volatile boolean draining;
  private volatile boolean looking;
  private volatile boolean away;
  private final AtomicBoolean asking = new AtomicBoolean();

  private record Held(IngestSession session, StreamState stream, long committed) {
    Held asItIs() {
      return new Held(session, stream, session.committed());
    }
  }

  /**
   * Makes the lanes; {@link #start} starts them.
   *
   * @throws SpoolException if the directory of the spool cannot be used
   */
  public Ingest(Vertx vertx, IngestConfig config, MeterRegistry registry) {
    this.vertx = vertx;
    this.config = config;
    this.pool = new HikariDataSource(WritePool.config(config, registry));
    this.blocking = vertx.createSharedWorkerExecutor("candlewick-hello", 2);
    this.budget = new Budget(config.budgetBytes());
    SpoolConfig spool = config.spool();
    this.spooler = spool == null ? null : Spooler.open(spool, config.lanes(), registry);
    this.decoder = new JsonDecoder(config.limits().rows());
    this.kinds = new KindCatalogue(vertx, new Kinds(), pool);
    this.records = new RecordIntake(kinds, config.retention(), config.limits().rows());
    this.requestRecords = new RecordIntake(kinds, config.retention(), RestEndpoint.MAX_ROWS);
    this.metrics = new IngestMetrics(registry, budget);
    this.notifier = new ChangeNotifier(pool);
    InstrumentIds instrumentIds = new InstrumentIds();
    for (int number = 0; number < config.lanes(); number++) {
      BatchWriter writer =
          new BatchWriter(
              number, connections(), instrumentIds, config.strictDurability(), notifier, metrics);
      LaneSpool laneSpool = spooler == null ? null : spooler.lane(number);
      lanes.add(new Lane(number, writer, laneSpool, Lane.Clock.SYSTEM, config, metrics));
    }
    metrics.watch(lanes);
    KafkaConfig fromKafka = config.kafka();
    // Its meters are there without it too: what is not read is 0.
    KafkaMetrics kafkaMetrics = new KafkaMetrics(registry);
    this.kafka = fromKafka == null ? null : new KafkaSource(this, fromKafka, kafkaMetrics);
    this.rollUp = new RollUp(pool, config.retention(), notifier, registry);
  }

  /** Begins to write and to roll up. The database need not be there yet. */
  public void start() {
    if (spooler != null) {
      spooler.start();
    }
    notifier.start();
    kinds.shipPatiently();
    lanes.forEach(Lane::start);
    rollUp.start();
    vertx.setPeriodic(LOOK_EVERY_MILLIS, tick -> lookAtStreams());
    started = true;
    if (kafka != null) {
      kafka.start();
    }
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

  /**
   * Adds the write way's routes.
   *
   * @param key the key that a request came with
   */
  public void mount(Router router, Function<RoutingContext, IngestKey> key) {
    keyOf = key;
    IngestEndpoint endpoint = new IngestEndpoint(this);
    router.get("/v1/ingest").handler(endpoint::handle);
    RestEndpoint rest = new RestEndpoint(this);
    rest.mount(router);
    new KindEndpoint(this, kinds).mount(router);
  }

  /** Why rows cannot be written now, as {@code code: detail}; empty while all is well. */
  public List<String> troubles() {
    if (!started) {
      return List.of("starting: the database is not there or not migrated yet");
    }
    return lanes.stream().map(Lane::holding).filter(Objects::nonNull).distinct().toList();
  }

  /** Beside {@link #troubles} what does not stop rows, but wants a person. */
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>(troubles());
    if (spooler != null) {
      reasons.addAll(spooler.troubles());
    }
    if (kafka != null) {
      reasons.addAll(kafka.troubles());
    }
    return reasons;
  }

  /** Tells the feeds that the server stops and takes nothing more. */
  public void drain() {
    draining = true;
    sessions.values().forEach(held -> held.session().drain());
    if (kafka != null) {
      kafka.drain();
    }
  }

  /** Writes what was taken in, acks it, says good-bye. Blocks, at most {@code deadline}. */
  public void stop(Duration deadline) throws InterruptedException {
    Instant end = Instant.now().plus(deadline);
    awaitDrained();
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
    sessions.values().forEach(held -> held.session().goAway());
    rollUp.stop();
    notifier.stop();
    pool.close();
  }

  private void awaitDrained() throws InterruptedException {
    Instant end = Instant.now().plus(LONGEST_DRAIN);
    while (Instant.now().isBefore(end)
        && sessions.values().stream().anyMatch(held -> !held.session().isDrained())) {
      Thread.sleep(20);
    }
  }

  IngestConfig config() {
    return config;
  }

  JsonDecoder decoder() {
    return decoder;
  }

  KindCatalogue kinds() {
    return kinds;
  }

  /** Rows of REST and of dialects. */
  RecordIntake requestRecords() {
    return requestRecords;
  }

  RecordIntake records() {
    return records;
  }

  IngestMetrics metrics() {
    return metrics;
  }

  /** Throws 503 if a request for rows to be written has no prospect now. */
  void refuseIfUnable() {
    if (draining) {
      throw Problem.unavailable("the server is about to stop");
    }
    if (!troubles().isEmpty()) {
      throw Problem.unavailable("the database cannot take rows at the moment");
    }
  }

  /** Whether the operator wants no data taken by such a database. */
  boolean refuses(Durability durability) {
    return config.strictDurability() && durability == Durability.DEGRADED;
  }

  Message.Checked check(Kind kind, Envelope.Defaults defaults, List<RawRow> raw) {
    List<Row> rows = new ArrayList<>(raw.size());
    List<Rejection> rejections = new ArrayList<>(0);
    TimeBounds bounds = new TimeBounds(Instant.now(), config.retention());
    new RowValidator(kind, defaults, bounds).check(raw, rows, rejections);
    return new Message.Checked(rows, rejections);
  }

  IngestKey keyOf(RoutingContext request) {
    return keyOf.apply(request);
  }

  Quota quotaOf(RoutingContext request) {
    return quota(keyOf(request));
  }

  /** What this key may take up. Only ids of valid keys come here, so there are few. */
  Quota quota(IngestKey key) {
    return quotas
        .computeIfAbsent(
            key.id(), id -> new Quota(id == 0 ? budget : budget.share(config.keyBudgetBytes())))
        .limit(key);
  }

  /** Takes a message of a stream, which is counted in a budget. */
  void submit(Message message) {
    int lane = Math.floorMod(Long.hashCode(message.stream().number()), lanes.size());
    lanes.get(lane).submit(message);
  }

  /**
   * Takes a request, whose body {@link BodyReader} has counted in the quota's budget; from now on
   * its rows count there. Requests for one subject share a lane: trades without ids stay in the
   * order in which they were sent.
   */
  void submitRequest(Message message, Quota quota) {
    quota.spendRows(message.rowsSent());
    message.countIn(quota.budget());
    quota.budget().release(message.bytes);
    int subject = message.rows.isEmpty() ? 0 : message.rows.get(0).subject();
    lanes.get(Math.floorMod(subject, lanes.size())).submit(message);
  }

  /** Whether messages are spooled while the database is away. */
  boolean spools() {
    return spooler != null;
  }

  /** Whether messages of this stream are on this server's disk and not known to be stored. */
  boolean holdsSpooled(StreamName stream) {
    return spooler != null && spooler.holds(stream);
  }

  /** While the database is away one hello at a time finds out; the others fail at once. */
  Future<Streams.Greeting> hello(int apiKeyId, String stream) {
    boolean asks = asking.compareAndSet(false, true);
    if (away && !asks) {
      return Future.failedFuture("the database is away");
    }
    return withConnection(connection -> Streams.hello(connection, apiKeyId, stream))
        .onComplete(
            answer -> {
              away = answer.failed();
              if (asks) {
                asking.set(false);
              }
            });
  }

  /** From where the database wants a stream's messages, whoever holds it. */
  Future<Long> nextSeq(StreamName name) {
    return withConnection(connection -> Streams.look(connection, List.of(name)))
        .map(found -> nextSeq(found.get(name)));
  }

  private static long nextSeq(@Nullable StreamState stream) {
    return stream == null ? 1 : stream.committedSeq() + 1;
  }

  /** Something done with a connection in a transaction of its own. */
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  <T> Future<T> withConnection(Work<T> work) {
    return blocking.executeBlocking(
        () -> {
          try (Connection connection = pool.getConnection()) {
            T result = work.with(connection);
            connection.commit();
            return result;
          }
        },
        false);
  }

  void sessionOpened(IngestSession session, StreamState stream) {
    Held before = sessions.put(stream.name(), new Held(session, stream, stream.committedSeq()));
    if (before == null) {
      metrics.sessionOpened();
    } else if (before.session() != session) {
      before.session().fence();
    }
  }

  /**
   * A feed that does not write for long would not know that its stream was taken over on another
   * server, or that the database has gone back behind what it was told. One look for all streams.
   */
  private void lookAtStreams() {
    List<Held> held = sessions.values().stream().map(Held::asItIs).toList();
    if (held.isEmpty() || looking) {
      return;
    }
    looking = true;
    List<StreamName> names = held.stream().map(one -> one.stream().name()).toList();
    withConnection(connection -> Streams.look(connection, names))
        .onSuccess(found -> held.forEach(one -> tell(one, found.get(one.stream().name()))))
        .onComplete(done -> looking = false);
  }

  private static void tell(Held held, @Nullable StreamState now) {
    switch (Streams.sort(held.stream(), now, held.committed())) {
      case AS_BEFORE -> {}
      case FENCED -> held.session().fence();
      case REWOUND -> held.session().rewound(nextSeq(now));
    }
  }

  void sessionClosed(IngestSession session) {
    sessions
        .values()
        .removeIf(
            held -> {
              boolean itsOwn = held.session() == session;
              if (itsOwn) {
                metrics.sessionClosed();
              }
              return itsOwn;
            });
  }
}
