package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The database fails in its ways, the server lives on: nothing acked is lost, nothing doubled. */
class DatabaseFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static TestDatabase database;
  private static DatabaseProxy proxy;
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    proxy = new DatabaseProxy(database.url());
    server = ServerProcess.start(proxy.url()).awaitReady();
  }

  @AfterAll
  static void stop() {
    server.close();
    proxy.close();
    assertThat(server.output()).noneMatch(line -> line.contains("candlewick:candlewick@"));
    assertThat(
            server.output().stream()
                .collect(
                    Collectors.groupingBy(
                        l -> l.substring(0, Math.min(19, l.length())), Collectors.counting()))
                .values())
        .as("lines in one second")
        .allMatch(lines -> lines < 10);
    assertThat(server.output()).as("stack traces").noneMatch(line -> line.startsWith("\tat "));
  }

  private static long stored(String symbol) {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  // Experiment 11.

  @Test
  void lostCommitRepliesLeaveEachRowOnce() {
    SteadyFeed feed = new SteadyFeed(server::url, "LOST", 2_000, 5);
    ServerProcess.await("first ack", PATIENCE, () -> feed.acked() > 0);
    proxy.loseCommits(50);
    feed.awaitDone(PATIENCE);
    assertThat(proxy.hits()).isGreaterThan(20);
    proxy.loseCommits(0);
    // The server resolves a lost reply by itself; the feed does not even notice.
    assertThat(feed.connections()).isEqualTo(1);
    feed.check(database);
    feed.checkCandles(database);
  }

  @Test
  void lostCommitRepliesLeaveEachRequestOnce() {
    for (int i = 0; i < 15; i++) {
      proxy.loseCommits(1);
      HttpResponse<String> answer =
          server.post("/v1/trades", body("LOSTREST", trade(HOUR_AGO, i, 1), trade(HOUR_AGO, i, 1)));
      assertThat(proxy.hits()).isEqualTo(1);
      assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
      assertThat(new JsonObject(answer.body()).getInteger("inserted")).isEqualTo(2);
    }
    assertThat(stored("LOSTREST")).isEqualTo(30);
  }

  // Experiment 6.

  @Test
  void terminatedBackendsLoseAndDoubleNothing() {
    SteadyFeed feed = new SteadyFeed(server::url, "TERMINATED", 1_500, 20);
    for (int i = 0; i < 40; i++) {
      database.text(
          """
          select count(pg_terminate_backend(pid)) from pg_stat_activity
          where datname = current_database() and application_name like 'candlewick%'
            and state <> 'idle'
          """);
      ServerProcess.sleep(50);
    }
    feed.awaitDone(PATIENCE);
    feed.check(database);
    feed.checkCandles(database);
  }

  @Test
  void cutConnectionsLoseAndDoubleNothing() {
    SteadyFeed feed = new SteadyFeed(server::url, "CUT", 1_500, 5);
    for (int i = 0; i < 20; i++) {
      proxy.cut();
      ServerProcess.sleep(100);
    }
    feed.awaitDone(PATIENCE);
    feed.check(database);
    feed.checkCandles(database);
  }

  // Experiment 12.

  @Test
  void aRetryWaitsForAnOlderTransactionThatHoldsTheStream() throws SQLException {
    SteadyFeed feed = new SteadyFeed(server::url, "HELD", 300, 2);
    ServerProcess.await("first ack", PATIENCE, () -> feed.acked() > 0);
    try (Connection older = database.connect();
        Statement statement = older.createStatement()) {
      older.setAutoCommit(false);
      statement.execute("select 1 from ingest.streams where stream = 'HELD' for update");
      proxy.cut();
      ServerProcess.sleep(1_000);
      older.rollback();
    }
    feed.awaitDone(PATIENCE);
    feed.check(database);
  }

  // Experiment 37.

  @Test
  void rowsThatOnlyTheDatabaseRefusesAreFoundAndTheOthersCommitted() {
    withConstraint(
        () -> {
          try (IngestSocket feed = server.feed("poison")) {
            for (int seq = 1; seq <= 10; seq++) {
              List<JsonObject> rows = new ArrayList<>();
              for (int i = 0; i < 100; i++) {
                boolean poison = seq % 3 == 0 && i % 37 == 5;
                rows.add(trade(HOUR_AGO, poison ? 666 : 1, 1, seq * 1_000L + i));
              }
              feed.say(Messages.trades(seq, "POISON", rows));
            }
            long told = 0;
            JsonObject ack;
            do {
              ack = feed.expect("ack");
              for (Object rejected : ack.getJsonArray("rejected")) {
                JsonObject row = (JsonObject) rejected;
                assertThat(row.getLong("seq") % 3).isZero();
                assertThat(row.getInteger("index") % 37).isEqualTo(5);
                told++;
              }
            } while (ack.getLong("committed") < 10);
            assertThat(told).isEqualTo(9);
          }
          assertThat(stored("POISON")).isEqualTo(991);
          JsonArray rejects = server.json("/v1/rejects?stream=poison").getJsonArray("rejects");
          assertThat(rejects).hasSize(9);
          assertThat(rejects.getJsonObject(0).getString("code")).isEqualTo("refused_by_database");
          assertThat(rejects.getJsonObject(0).getString("detail")).contains("23514");
        });
  }

  @Test
  void aRequestWithSuchARowIsRefusedWholeUnlessItSkips() {
    withConstraint(
        () -> {
          String rows = body("POISONREST", trade(HOUR_AGO, 1, 1, 1), trade(HOUR_AGO, 666, 1, 2));
          HttpResponse<String> whole = server.post("/v1/trades", rows);
          assertThat(whole.statusCode()).isEqualTo(422);
          assertThat(new JsonObject(whole.body()).getString("code")).isEqualTo("rows_rejected");
          assertThat(stored("POISONREST")).isZero();
          HttpResponse<String> skipping = server.post("/v1/trades?on_error=skip", rows);
          assertThat(skipping.statusCode()).isEqualTo(200);
          assertThat(stored("POISONREST")).isEqualTo(1);
        });
  }

  private static void withConstraint(Runnable test) {
    database.execute(
        "alter table market.trades add constraint no_beast check (price <> 666) not valid");
    try {
      test.run();
    } finally {
      database.execute("alter table market.trades drop constraint no_beast");
    }
  }

  // Experiment 15.

  @Test
  void holdsWhileTheDatabaseIsReadOnly() {
    SteadyFeed feed = new SteadyFeed(server::url, "READONLY", 400, 5);
    ServerProcess.await("first ack", PATIENCE, () -> feed.acked() > 0);
    String name = database.text("select current_database()");
    database.execute("alter database " + name + " set default_transaction_read_only = on");
    try {
      proxy.cut();
      ServerProcess.await("held", PATIENCE, () -> server.get("/readyz").body().contains("25006"));
      assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
      assertThat(server.get("/livez").statusCode()).isEqualTo(200);
      HttpResponse<String> refused = server.post("/v1/trades", body("RO", trade(HOUR_AGO, 1, 1)));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    } finally {
      database.execute(
          "set transaction_read_only = off; alter database "
              + name
              + " reset default_transaction_read_only");
    }
    proxy.cut();
    feed.awaitDone(PATIENCE);
    feed.check(database);
    server.awaitReady();
  }

  // Experiment 16.

  @Test
  void holdsWhileAColumnIsMissingAndDropsNothing() {
    SteadyFeed feed = new SteadyFeed(server::url, "DRIFT", 400, 5);
    ServerProcess.await("first ack", PATIENCE, () -> feed.acked() > 0);
    database.execute("alter table market.trades rename column size to amount");
    try {
      ServerProcess.await(
          "held", PATIENCE, () -> server.get("/readyz").body().contains("schema_wrong"));
      ServerProcess.sleep(500);
    } finally {
      database.execute("alter table market.trades rename column amount to size");
    }
    feed.awaitDone(PATIENCE);
    feed.check(database);
    assertThat(database.number("select count(*) from ingest.rejects where stream = 'DRIFT'"))
        .isZero();
    server.awaitReady();
  }

  // Experiment 17.

  @Test
  void waitsForALockedTable() throws SQLException {
    CompletableFuture<HttpResponse<String>> answer;
    try (Connection blocking = database.connect();
        Statement statement = blocking.createStatement()) {
      blocking.setAutoCommit(false);
      statement.execute("lock table market.trades in access exclusive mode");
      answer = server.postLater("/v1/trades", body("LOCKED", trade(HOUR_AGO, 1, 1)));
      ServerProcess.sleep(6_000);
      blocking.rollback();
    }
    assertThat(answer.join().statusCode()).isEqualTo(200);
    assertThat(stored("LOCKED")).isEqualTo(1);
    server.awaitReady();
  }

  @Test
  void triesAgainAfterADeadlock() throws SQLException {
    SteadyFeed feed = new SteadyFeed(server::url, "DEADLOCK", 400, 5);
    ServerProcess.await("first ack", PATIENCE, () -> feed.acked() > 0);
    double before = failures("40");
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      // It is the server that finds out, and is chosen.
      statement.execute("set local deadlock_timeout = '1min'");
      statement.execute("lock table market.trades in access exclusive mode");
      ServerProcess.await(
          "the server waits",
          PATIENCE,
          () ->
              database.number(
                      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                          + " and query ilike 'copy%market.trades%'"
                          + " and datname = current_database()")
                  > 0);
      statement.execute("lock table ingest.streams in access exclusive mode");
      other.rollback();
    }
    ServerProcess.await("a deadlock met", PATIENCE, () -> failures("40") > before);
    feed.awaitDone(PATIENCE);
    feed.check(database);
    server.awaitReady();
  }

  private static double failures(String sqlStateClass) {
    return server
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("candlewick_ingest_batch_failures_total"))
        .filter(line -> line.contains("\"" + sqlStateClass))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void droppingOldChunksWhileRowsComeInLosesNothingElse() {
    SteadyFeed feed = new SteadyFeed(server::url, "DROPPING", 100_000, 5);
    ServerProcess.await("first ack", PATIENCE, () -> feed.acked() > 0);
    for (int i = 0; i < 15; i++) {
      database.execute(
          """
          insert into market.trades (instrument_id, ts, trade_id, price, size, side, flags)
          select min(id), now() - interval '40 days', %d, 1, 1, 0, 0 from market.instruments
          """
              .formatted(i));
      assertThat(
              database.number(
                  "select count(*) from drop_chunks('market.trades', now() - interval '30 days')"))
          .isEqualTo(1);
    }
    long acked = feed.acked();
    ServerProcess.await("progress", PATIENCE, () -> feed.acked() > acked);
    feed.stop();
    feed.check(database);
  }
}
