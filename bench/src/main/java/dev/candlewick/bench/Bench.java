package dev.candlewick.bench;

import dev.candlewick.bench.LatencyBench.Latencies;
import dev.candlewick.bench.QueryBench.Query;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The whole measurement: a warm-up, then runs in which everything compared takes turns, so that
 * other activity on the machine affects all of it alike. Ratios are computed within a run.
 */
public final class Bench {
  private static final String COPY = "raw COPY, 2 connections";
  private static final String CANDLES = "1m candles, WebSocket, 4 streams of 1,000 rows";
  private static final String RATE_A_SECOND = "rows/s";
  private static final String COST = "s/M rows";
  private static final String SETTINGS =
      "select string_agg(name || ' ' || setting, ', ' order by name) from pg_settings"
          + " where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'shared_buffers')";

  /** Room for all trades at one per millisecond. */
  private static final Duration PAST = Duration.ofDays(2);

  private static final int INSTRUMENTS = 100;
  private static final int CANDLE_INSTRUMENTS = 10;
  private static final int TRADES_A_SECOND = 10_000;
  private static final int[] READERS = {1, 8, 32};

  /** A server that has just started spends a third of its time compiling itself. */
  private static final int WARM_UPS = 3;

  private final Database database;
  private final Size size;
  private final Consumer<String> progress;
  private final Figures figures = new Figures();
  private final BenchTrades current =
      new BenchTrades(2, CANDLE_INSTRUMENTS, System.currentTimeMillis(), 1);
  private final IngestBench ingest;
  private final QueryBench queries;
  private final LatencyBench latency;
  private final RecordsBench records;
  private final SubscribersBench subscribers;
  private final BackfillBench backfill;
  private final ImportBench imports;
  private final Cpu cpu;
  private final @Nullable KafkaBench kafka;

  /**
   * How much is measured.
   *
   * @param runs how often each thing, from 1
   * @param rows trades in a run of ingest
   * @param queries queries of each kind in a run
   * @param seconds length of a run of latency
   * @param subscribersSeconds length of the one run with many subscribers
   * @param loaded rows of the one large backfill
   */
  public record Size(
      int runs, int rows, int queries, int seconds, int subscribersSeconds, int loaded) {}

  /** One of the things that are compared. */
  private interface Turn {
    void take() throws Exception;
  }

  /**
   * Prepares a bench: creates the instruments.
   *
   * @param server {@code http://host:port} of a server without API keys
   * @param process its process
   * @param main the class to run with {@code import}
   * @param database the server's database, used by nothing else
   * @param kafka what the server also reads from, null = nothing
   * @param progress receives what is being done
   */
  public Bench(
      URI server,
      ProcessHandle process,
      Class<?> main,
      Database database,
      @Nullable KafkaBench kafka,
      Size size,
      Consumer<String> progress)
      throws Exception {
    this.kafka = kafka;
    this.database = database;
    this.size = size;
    this.progress = progress;
    BenchTrades past =
        new BenchTrades(1, INSTRUMENTS, System.currentTimeMillis() - PAST.toMillis(), 1);
    this.ingest = new IngestBench(database, server, past);
    ingest.makeInstruments(INSTRUMENTS);
    int[] ids = database.instrumentIds(INSTRUMENTS);
    this.queries = new QueryBench(server, database, ids, CANDLE_INSTRUMENTS);
    this.latency = new LatencyBench(server, CANDLE_INSTRUMENTS);
    this.records = new RecordsBench(server);
    this.cpu = new Cpu(process, database.postmaster());
    this.subscribers = new SubscribersBench(server, process, cpu, figures);
    this.backfill = new BackfillBench(server, database);
    this.imports = new ImportBench(server, main);
  }

  /** What can be measured separately. */
  public enum Part {
    INGEST,
    IMPORT,
    QUERIES,
    LATENCY,
    RECORDS,
    SUBSCRIBERS,
    BACKFILL
  }

  /** Measures these parts; all of them together also measure ingest during queries. */
  public void run(Set<Part> parts) throws Exception {
    if (parts.contains(Part.INGEST)) {
      ingest();
    }
    if (parts.contains(Part.IMPORT)) {
      imports();
    }
    if (parts.contains(Part.QUERIES)) {
      queries();
    }
    if (parts.contains(Part.INGEST) && parts.contains(Part.QUERIES)) {
      whileQueried();
    }
    if (parts.contains(Part.LATENCY)) {
      latencies();
    }
    if (parts.contains(Part.RECORDS)) {
      records();
    }
    if (parts.contains(Part.SUBSCRIBERS)) {
      progress.accept("subscribers: one run of %d s".formatted(size.subscribersSeconds));
      subscribers.run(ingest, TRADES_A_SECOND, size.subscribersSeconds);
    }
    if (parts.contains(Part.BACKFILL)) {
      new BackfillRows(database, backfill, latency, ingest, current, figures, progress)
          .run(size.runs, size.loaded);
    }
    figures.add("server, most memory", "MB", null, cpu.serverPeakMegabytes());
  }

  /** What was measured, to read. */
  public String table() {
    return figures.table();
  }

  /** What was measured, to keep. */
  public JsonObject json() throws SQLException {
    return new JsonObject()
        .put("database", database.ask("select version()"))
        .put("settings", database.ask(SETTINGS))
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("figures", figures.json());
  }

  private void ingest() throws Exception {
    int half = size.rows / 2;
    List<Turn> turns = new ArrayList<>();
    turns.add(() -> rate("raw COPY, 1 connection", ingest.rawCopy(1, size.rows)));
    turns.add(() -> rate(COPY, ingest.rawCopy(2, size.rows)));
    turns.add(webSocket(1, 10, half));
    turns.add(webSocket(1, 100, half));
    turns.add(webSocket(1, 1000, size.rows));
    turns.add(webSocket(4, 1, half));
    turns.add(webSocket(4, 10, half));
    turns.add(webSocket(4, 100, half));
    turns.add(webSocket(4, 1000, size.rows));
    turns.add(rest(4, 1000, half));
    KafkaBench read = kafka;
    if (read != null) {
      turns.add(
          costed(
              "Kafka, 4 partitions, 1,000 rows a message",
              size.rows,
              () -> ingest.kafka(read, 1000, size.rows)));
    }
    turns.add(rest(100, 10, size.rows / 10));
    warmUp("ingest", turns);
    takeTurns("ingest", turns);
  }

  private Turn webSocket(int streams, int rowsAMessage, int rows) {
    String name =
        String.format(
            Locale.ROOT,
            "WebSocket, %d %s, %,d %s a message",
            streams,
            streams == 1 ? "stream" : "streams",
            rowsAMessage,
            rowsAMessage == 1 ? "row" : "rows");
    return costed(name, rows, () -> ingest.webSocket(streams, rowsAMessage, rows));
  }

  private Turn rest(int clients, int rowsARequest, int rows) {
    String name =
        String.format(
            Locale.ROOT, "REST, %d connections, %,d rows a request", clients, rowsARequest);
    return costed(name, rows, () -> ingest.rest(clients, rowsARequest, rows));
  }

  /** A way in; rows per second. */
  private interface Way {
    double measure() throws Exception;
  }

  /** The processor time includes the roll-up, which continues after the last row is acked. */
  private Turn costed(String name, int rows, Way way) {
    return () -> {
      double server = cpu.serverSeconds();
      double postgres = cpu.databaseSeconds();
      rate(name, way.measure());
      double millions = rows / 1e6;
      figures.add(name + ": server", COST, null, (cpu.serverSeconds() - server) / millions);
      figures.add(name + ": database", COST, null, (cpu.databaseSeconds() - postgres) / millions);
    };
  }

  private void rate(String name, double rowsASecond) throws Exception {
    figures.add(name, RATE_A_SECOND, COPY, rowsASecond);
    database.awaitRolledUp();
  }

  private void imports() throws Exception {
    List<Turn> turns = new ArrayList<>();
    turns.add(
        () -> {
          figures.add(CANDLES, RATE_A_SECOND, null, imports.webSocket(2 * size.rows));
          database.awaitRolledUp();
        });
    turns.add(
        () -> {
          double rate = imports.gzipCsv(2 * size.rows);
          figures.add("1m candles, import of gzip CSV", RATE_A_SECOND, CANDLES, rate);
          database.awaitRolledUp();
        });
    warmUp("import", turns);
    takeTurns("import", turns);
  }

  private void queries() throws Exception {
    progress.accept("storing 30 days of minutes of " + CANDLE_INSTRUMENTS + " instruments");
    queries.load();
    database.awaitRolledUp();
    List<Turn> turns = new ArrayList<>();
    for (Query query : Query.values()) {
      String sql = query.title + ", SQL";
      turns.add(() -> times(sql, sql, queries.overSql(query, size.queries, 1)));
      turns.add(() -> times(query.title, sql, queries.overHttp(query, size.queries, 1)));
    }
    String latest = "latest of " + INSTRUMENTS + " instruments";
    turns.add(() -> times(latest + ", SQL", latest + ", SQL", queries.latestOverSql(size.queries)));
    turns.add(() -> times(latest, latest + ", SQL", queries.latestOverHttp(size.queries)));
    for (int clients : READERS) {
      String most = Query.RANGE_1000.title + ", " + clients + " at once";
      int each = size.queries * 8 / Math.max(8, clients);
      turns.add(
          () ->
              answered(
                  most + ", SQL",
                  most + ", SQL",
                  queries.atOnceOverSql(Query.RANGE_1000, clients, each)));
      turns.add(
          () ->
              answered(
                  most, most + ", SQL", queries.atOnceOverHttp(Query.RANGE_1000, clients, each)));
    }
    warmUp("queries", turns);
    takeTurns("queries", turns);
  }

  private void times(String name, String against, double[] milliseconds) {
    for (String share : List.of("p50", "p99")) {
      double value = Figures.quantile(milliseconds, share.equals("p50") ? 0.5 : 0.99);
      figures.add(
          name + ", " + share, "ms", name.equals(against) ? null : against + ", " + share, value);
    }
  }

  private void answered(String name, String against, QueryBench.Answered answered) {
    figures.add(name, "1/s", name.equals(against) ? null : against, answered.perSecond());
    figures.add(
        name + ", p99",
        "ms",
        name.equals(against) ? null : against + ", p99",
        Figures.quantile(answered.milliseconds(), 0.99));
  }

  private void whileQueried() throws Exception {
    takeTurns(
        "ingest while querying",
        List.of(
            () -> {
              ExecutorService other = Executors.newSingleThreadExecutor();
              try {
                Future<double[]> asked =
                    other.submit(() -> queries.overHttp(Query.RANGE_1000, size.queries, 3));
                rate("WebSocket, 4 streams, while querying", ingest.webSocket(4, 1000, size.rows));
                times(
                    Query.RANGE_1000.title + ", while ingesting",
                    Query.RANGE_1000.title,
                    asked.get());
              } finally {
                other.shutdownNow();
              }
            }));
  }

  private void latencies() throws Exception {
    takeTurns(
        "latency",
        List.of(
            () -> {
              Latencies latencies = latency.run(ingest, current, TRADES_A_SECOND, size.seconds);
              String rate = String.format(Locale.ROOT, " at %,d trades/s", TRADES_A_SECOND);
              times("trade to ack" + rate, "trade to ack" + rate, latencies.toAck());
              times(
                  "trade to subscriber" + rate,
                  "trade to subscriber" + rate,
                  latencies.toSubscriber());
              database.awaitRolledUp();
            }));
  }

  private void records() throws Exception {
    progress.accept("storing what bots write");
    records.load();
    List<Turn> turns = new ArrayList<>();
    records
        .questions()
        .forEach(
            (name, asked) ->
                turns.add(() -> times(name, name, records.times(asked, size.queries))));
    warmUp("records", turns);
    takeTurns("records", turns);
    takeTurns(
        "features",
        List.of(
            () ->
                figures.add(
                    "feature set of ten indicators, filled in",
                    RATE_A_SECOND,
                    null,
                    records.fill())));
  }

  private void warmUp(String what, List<Turn> turns) throws Exception {
    progress.accept(what + ": warming up");
    figures.warmingUp(true);
    for (int round = 0; round < WARM_UPS; round++) {
      for (Turn turn : turns) {
        turn.take();
      }
    }
    figures.warmingUp(false);
  }

  private void takeTurns(String what, List<Turn> turns) throws Exception {
    List<Turn> order = new ArrayList<>(turns);
    for (int run = 1; run <= size.runs; run++) {
      progress.accept("%s: run %d of %d".formatted(what, run, size.runs));
      for (Turn turn : order) {
        turn.take();
      }
      Collections.rotate(order, 1);
    }
  }
}
