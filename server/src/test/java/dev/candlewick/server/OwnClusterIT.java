package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Faults of the whole PostgreSQL server, on a cluster of its own that is as durable as any: with
 * {@code --fast} a crash would lose commits that were told. Skipped where the script cannot run it.
 */
class OwnClusterIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static OwnCluster cluster;
  private static boolean hasSmallDisk;
  private static TestDatabase database;
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    Optional<OwnCluster> started = OwnCluster.start("faults");
    assumeThat(started).as("the script can run a cluster here").isPresent();
    cluster = started.get();
    hasSmallDisk = cluster.makeSmallDisk(256);
    database = cluster.database();
    server = ServerProcess.on(database);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      server.close();
      cluster.close();
    }
  }

  @Test
  void saysThatSuchADatabaseIsFullyDurable() {
    try (IngestSocket feed = server.feed()) {
      assertThat(feed.hello("durable").getString("durability")).isEqualTo("full");
      feed.say(Messages.trades(1, trade(HOUR_AGO, 1, 1)));
      assertThat(feed.ackOf(1).containsKey("durability")).isFalse();
    }
  }

  // Experiment 18.

  @Test
  void saysThatTheDatabaseIsDegradedAsSoonAsItIs() {
    String name = database.text("select current_database()");
    try (ServerProcess strict = ServerProcess.on(database, "DURABILITY", "strict");
        IngestSocket feed = server.feed("degraded");
        IngestSocket strictFeed = strict.feed("strictly")) {
      feed.say(Messages.trades(1, trade(HOUR_AGO, 1, 1)));
      assertThat(feed.ackOf(1).containsKey("durability")).isFalse();
      database.execute("alter database " + name + " set synchronous_commit = off");
      try {
        terminateAll();
        feed.say(Messages.trades(2, trade(HOUR_AGO, 2, 1)));
        assertThat(feed.ackOf(2).getString("durability")).isEqualTo("degraded");
        HttpResponse<String> answer = server.post("/v1/trades", body("D", trade(HOUR_AGO, 1, 1)));
        assertThat(new JsonObject(answer.body()).getString("durability")).isEqualTo("degraded");
        try (IngestSocket refused = strict.feed()) {
          refused.say("{\"t\":\"hello\",\"v\":1,\"stream\":\"strict\"}");
          assertThat(refused.expect("error").getString("code")).isEqualTo("unavailable");
        }
        strictFeed.say(Messages.trades(1, "STRICT", List.of(trade(HOUR_AGO, 1, 1))));
        assertThat(strictFeed.expect("error").getString("code")).isEqualTo("unavailable");
        assertThat(strictFeed.closeCode()).isEqualTo(1013);
        HttpResponse<String> strictly =
            strict.post("/v1/trades", body("STRICT", trade(HOUR_AGO, 1, 1)));
        assertThat(strictly.statusCode()).as("%s", strictly.body()).isEqualTo(503);
      } finally {
        database.execute("alter database " + name + " reset synchronous_commit");
        terminateAll();
      }
    }
    assertThat(database.number("select count(*) from market.instruments where symbol = 'STRICT'"))
        .isZero();
    server.awaitReady();
  }

  @Test
  void warnsOfCheckpointsThatComeTooOftenAndIsReadyAllTheSame() {
    assertThat(warnings()).isEmpty();
    database.execute("alter system set max_wal_size = '1GB'");
    database.text("select pg_reload_conf()");
    try {
      ServerProcess.await("a warning", PATIENCE, () -> !warnings().isEmpty());
      assertThat(warnings().getString(0)).startsWith("max_wal_size is 1024 MB: ");
      assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    } finally {
      database.execute("alter system reset max_wal_size");
      database.text("select pg_reload_conf()");
    }
    ServerProcess.await("no warning", PATIENCE, () -> warnings().isEmpty());
  }

  private static JsonArray warnings() {
    return new JsonObject(server.get("/readyz").body()).getJsonArray("warnings");
  }

  private static void terminateAll() {
    database.text(
        """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """);
  }

  // Experiments 4 and 5.

  @Test
  void aKilledAndRestartedDatabaseLosesAndDoublesNothing() {
    SteadyFeed feed = new SteadyFeed(server::url, "CRASHED", 4_000, 5);
    for (int i = 0; i < 3; i++) {
      long before = feed.acked();
      ServerProcess.await("progress", PATIENCE, () -> feed.acked() > before);
      if (i == 1) {
        cluster.stop();
      } else {
        cluster.kill();
      }
      ServerProcess.await("not ready", PATIENCE, () -> server.get("/readyz").statusCode() == 503);
      assertThat(server.get("/livez").statusCode()).isEqualTo(200);
      cluster.start();
    }
    feed.awaitDone(PATIENCE);
    feed.check(database);
    feed.checkCandles(database);
    server.awaitReady();
  }

  // Experiment 13.

  @Test
  void aServerThatStartsBeforeItsDatabaseBecomesReadyWithIt() {
    cluster.stop();
    ServerProcess early;
    try {
      early = ServerProcess.start(database.url());
      assertThat(early.get("/livez").statusCode()).isEqualTo(200);
      HttpResponse<String> ready = early.get("/readyz");
      assertThat(ready.statusCode()).as("%s", ready.body()).isEqualTo(503);
      assertThat(new JsonObject(ready.body()).getJsonArray("reasons")).isNotEmpty();
      assertThat(ready.body()).doesNotContain("127.0.0.1").doesNotContain("candlewick:");
      assertThat(early.post("/v1/trades", body("EARLY", trade(HOUR_AGO, 1, 1))).statusCode())
          .isEqualTo(503);
      ServerProcess.sleep(1_500);
    } finally {
      cluster.start();
    }
    early.awaitReady();
    assertThat(early.post("/v1/trades", body("EARLY", trade(HOUR_AGO, 1, 1))).statusCode())
        .isEqualTo(200);
    assertThat(
            database.number(
                "select count(*) from market.trades join market.instruments on id = instrument_id"
                    + " where symbol = 'EARLY'"))
        .isEqualTo(1);
    early.close();
  }

  // Experiment 7.

  @Test
  void aFrozenDatabaseHoldsEverythingUpAndNothingMore() {
    SteadyFeed feed = new SteadyFeed(server::url, "FROZEN", 4_000, 5);
    ServerProcess.await("load", PATIENCE, () -> feed.acked() > 50);
    assertThat(readsAtOnce()).allMatch(read -> read.statusCode() == 200);
    cluster.freeze();
    try {
      long start = System.nanoTime();
      HttpResponse<String> ready = server.get("/readyz");
      assertThat(ready.statusCode()).as("%s", ready.body()).isEqualTo(503);
      // On connections that were open before and on new ones.
      assertThat(readsAtOnce()).allMatch(read -> read.statusCode() == 503, "503");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      for (int i = 0; i < 100; i++) {
        long asked = System.nanoTime();
        assertThat(server.get("/livez").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(1));
        ServerProcess.sleep(100);
      }
    } finally {
      cluster.thaw();
    }
    feed.awaitDone(Duration.ofSeconds(60));
    feed.check(database);
    server.awaitReady();
  }

  private static List<HttpResponse<String>> readsAtOnce() {
    String path = "/v1/trades?venue=binance&symbol=FROZEN&limit=5";
    return Stream.generate(() -> CompletableFuture.supplyAsync(() -> server.get(path)))
        .limit(12)
        .toList()
        .stream()
        .map(CompletableFuture::join)
        .toList();
  }

  // Experiment 14.

  @Test
  void aFullDiskIsWaitedOut() {
    assumeThat(hasSmallDisk).as("a disk of 256 MB could be mounted").isTrue();
    SteadyFeed feed = new SteadyFeed(server::url, "FULL", 3_000, 50);
    ServerProcess.await("load", PATIENCE, () -> feed.acked() > 10);
    cluster.fillDisk();
    try {
      ServerProcess.await(
          "told", PATIENCE, () -> server.get("/readyz").body().contains("SQLSTATE 53100"));
      assertThat(server.post("/v1/trades", body("FULLREST", trade(HOUR_AGO, 1, 1))).statusCode())
          .isEqualTo(503);
    } finally {
      cluster.freeDisk();
    }
    feed.awaitDone(PATIENCE);
    feed.check(database);
    feed.checkCandles(database);
    assertThat(database.number("select count(*) from ingest.rejects where stream = 'FULL'"))
        .isZero();
    server.awaitReady();
  }
}
