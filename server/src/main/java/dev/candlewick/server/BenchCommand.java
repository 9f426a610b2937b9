package dev.candlewick.server;

import dev.candlewick.bench.Bench;
import dev.candlewick.bench.BenchServer;
import dev.candlewick.bench.Database;
import dev.candlewick.bench.KafkaBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench}: what the server costs over the database, on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures ingest, import, candle queries, latency, a thousand subscribers, backfills and the"
            + " server's memory next to plain COPY and SQL on the same database, by turns in each"
            + " run, and prints a table with ratios. Works in a database of its own beside the one"
            + " that CANDLEWICK_DB_URL names, and drops it; without that key it starts the demo's"
            + " TimescaleDB. Takes about fifteen minutes.")
final class BenchCommand implements Callable<Integer> {
  @Option(
      names = "--runs",
      defaultValue = "5",
      description = "how often each is measured (default ${DEFAULT-VALUE})")
  private int runs;

  @Option(
      names = "--rows",
      defaultValue = "500000",
      description = "trades in a run of ingest (default ${DEFAULT-VALUE})")
  private int rows;

  @Option(
      names = "--subscribers-seconds",
      defaultValue = "60",
      description = "length of the run with 1,000 subscribers (default ${DEFAULT-VALUE})")
  private int subscribersSeconds;

  @Option(
      names = "--loaded",
      defaultValue = "500000",
      description = "rows of the largest load into the past (default ${DEFAULT-VALUE})")
  private int loaded;

  @Option(
      names = "--quick",
      description = "one small run of each but BACKFILL in about a minute; rough figures")
  private boolean quick;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "of ${COMPLETION-CANDIDATES}, the named ones (default: all)")
  private @Nullable Set<Bench.Part> only;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "a broker: ingest from Kafka is measured too, in a topic of its own")
  private @Nullable String broker;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "write every run's figures there too")
  private @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || rows < 100_000 || loaded < 50_000) {
      System.err.println("candlewick: --runs from 1, --rows from 100000, --loaded from 50000");
      return 2;
    }
    if (ServerConfig.namesDatabase()) {
      return bench(ServerConfig.fromEnvironment().database());
    }
    System.err.println("Starting a TimescaleDB; the first time takes about 10 s ...");
    try (LocalDatabase local = LocalDatabase.start()) {
      return bench(local.url());
    } catch (ServerException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 2;
    }
  }

  private int bench(DatabaseUrl named) throws Exception {
    DatabaseUrl own = named.withDatabase("candlewick_bench_" + ProcessHandle.current().pid());
    try (Database database =
            Database.create(named.jdbcUrl(), own.jdbcUrl(), named.properties(), own.database());
        KafkaBench kafka = broker == null ? null : KafkaBench.open(broker);
        BenchServer server = BenchServer.start(Main.class, environment(own, kafka))) {
      Bench bench =
          new Bench(
              server.url(),
              server.process(),
              Main.class,
              database,
              kafka,
              size(),
              System.err::println);
      bench.run(parts());
      System.out.print(bench.table());
      System.out.println(
          "ratio: of rows/s to raw COPY over 2 connections, of times to the same SQL,"
              + " of import to the same candles over WebSocket");
      if (json != null) {
        Files.writeString(json, bench.json().encodePrettily());
      }
      return 0;
    }
  }

  private Set<Bench.Part> parts() {
    if (only != null) {
      return only;
    }
    return quick
        ? EnumSet.complementOf(EnumSet.of(Bench.Part.BACKFILL))
        : EnumSet.allOf(Bench.Part.class);
  }

  private Bench.Size size() {
    return quick
        ? new Bench.Size(1, 50_000, 40, 2, 10, 50_000)
        : new Bench.Size(runs, rows, 200, 5, subscribersSeconds, loaded);
  }

  private static Map<String, String> environment(DatabaseUrl database, @Nullable KafkaBench kafka) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CANDLEWICK_DB_URL", database.withPassword());
    environment.put("CANDLEWICK_RETENTION_TRADES", "none");
    environment.put("CANDLEWICK_RETENTION_CANDLES_1M", "none");
    environment.put("CANDLEWICK_HTTP_CONNECTIONS_PER_ADDRESS", "2000");
    if (kafka != null) {
      environment.putAll(kafka.environment());
    }
    return environment;
  }
}
