package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.trade;
import static dev.candlewick.server.Messages.trades;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two servers on one database: who holds a stream, and who makes an instrument. */
class FencingIT {
  private static final int FENCED = 4409;

  private static TestDatabase database;
  private static ServerProcess one;
  private static ServerProcess other;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    // Started together: the migrations must not meet.
    one = ServerProcess.start(database.url());
    other = ServerProcess.start(database.url());
    one.awaitReady();
    other.awaitReady();
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  private static long stored(String symbol) {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  private static String message(long seq, String symbol, long id) {
    return trades(seq, symbol, List.of(trade(HOUR_AGO, 1, 1, id)));
  }

  @Test
  void fencesTheOlderConnectionToTheSameServer() {
    try (IngestSocket older = one.feed("same");
        IngestSocket newer = one.feed("same")) {
      assertThat(older.expect("error").getString("code")).isEqualTo("fenced");
      assertThat(older.closeCode()).isEqualTo(FENCED);
      newer.say(message(1, "SAME", 1));
      assertThat(newer.ackOf(1).getLong("committed")).isEqualTo(1);
    }
  }

  @Test
  void fencesTheOlderConnectionToAnotherServerOnceItWrites() {
    try (IngestSocket older = one.feed("two");
        IngestSocket newer = other.feed("two")) {
      newer.say(message(1, "TWO", 1));
      newer.ackOf(1);
      older.say(message(1, "TWO", 2));
      assertThat(older.expect("error").getString("code")).isEqualTo("fenced");
      assertThat(older.closeCode()).isEqualTo(FENCED);
      newer.say(message(2, "TWO", 3));
      newer.ackOf(2);
      assertThat(stored("TWO")).isEqualTo(2);
    }
  }

  @Test
  void fencesTheOlderConnectionToAnotherServerAlsoWhileItIsIdle() {
    try (IngestSocket older = one.feed("idle");
        IngestSocket bystander = one.feed("bystander");
        IngestSocket newer = other.feed("idle")) {
      assertThat(older.expect("error").getString("code")).isEqualTo("fenced");
      assertThat(older.closeCode()).isEqualTo(FENCED);
      newer.say(message(1, "IDLE", 1));
      newer.ackOf(1);
      bystander.say(message(1, "BYSTANDER", 1));
      bystander.ackOf(1);
    }
  }

  @Test
  void aServerIsReadyAgainAlsoWhereAllThatItHeldBackIsFenced() {
    try (DatabaseProxy proxy = new DatabaseProxy(database.url());
        ServerProcess held = ServerProcess.start(proxy.url()).awaitReady();
        IngestSocket older = held.feed("held")) {
      proxy.away();
      older.say(message(1, "HELD", 1));
      ServerProcess.await(
          "held back",
          Duration.ofSeconds(30),
          () -> held.get("/readyz").body().contains("SQLSTATE 08"));
      try (IngestSocket newer = other.feed("held")) {
        proxy.back();
        assertThat(older.closeCode()).isEqualTo(FENCED);
        held.awaitReady();
        newer.say(message(1, "HELD", 2));
        newer.ackOf(1);
      }
    }
    assertThat(stored("HELD")).isEqualTo(1);
  }

  @Test
  void whatIsFencedIsNotCountedInTheBudgetForEver() {
    String padding = " ".repeat(100_000);
    try (IngestSocket older = one.feed("budget");
        IngestSocket newer = other.feed("budget")) {
      for (int seq = 1; seq <= 5; seq++) {
        older.trySay(padding + message(seq, "BUDGET", seq));
      }
      assertThat(older.closeCode()).isEqualTo(FENCED);
      newer.say(message(1, "BUDGET", 1));
      newer.ackOf(1);
    }
    ServerProcess.await("budget free", Duration.ofSeconds(5), () -> budgetUsed() == 0);
  }

  private static double budgetUsed() {
    return one.get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("candlewick_ingest_budget_used_bytes"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void whatTheFencedConnectionHadInFlightIsWrittenOnceOrNotAtAll() throws SQLException {
    try (IngestSocket older = one.feed("flight");
        Connection blocking = database.connect();
        Statement statement = blocking.createStatement()) {
      older.say(message(1, "FLIGHT", 1));
      older.ackOf(1);
      blocking.setAutoCommit(false);
      statement.execute("lock table market.trades in access exclusive mode");
      older.say(message(2, "FLIGHT", 2));
      ServerProcess.sleep(200);
      CompletableFuture<IngestSocket> taking = CompletableFuture.supplyAsync(() -> other.feed());
      try (IngestSocket newer = taking.join()) {
        CompletableFuture<JsonObject> welcome =
            CompletableFuture.supplyAsync(() -> newer.hello("flight"));
        ServerProcess.sleep(200);
        blocking.rollback();
        long next = welcome.join().getLong("next_seq");
        // The hello waited for the older transaction, so it knows how that one ended.
        assertThat(next).isBetween(2L, 3L);
        newer.say(message(next, "FLIGHT", 100 + next));
        newer.ackOf(next);
        assertThat(stored("FLIGHT")).isEqualTo(next);
      }
    }
  }

  @Test
  void twoServersMakeAnInstrumentOnce() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ServerProcess server = i % 2 == 0 ? one : other;
      List<JsonObject> rows = new ArrayList<>();
      for (int s = 0; s < 10; s++) {
        // In opposite orders, as a deadlock would need.
        String symbol = "NEW" + (i % 4 < 2 ? s : 9 - s) + "-" + i / 4;
        rows.add(trade(HOUR_AGO, 1, 1, i).put("symbol", symbol));
      }
      answers.add(
          server.postLater("/v1/trades", Messages.body("X", rows.toArray(new JsonObject[0]))));
    }
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.join().statusCode()).isEqualTo(200);
    }
    assertThat(database.number("select count(*) from market.instruments where symbol like 'NEW%'"))
        .isEqualTo(100);
    assertThat(
            database.number(
                "select count(*) from market.trades join market.instruments on id = instrument_id"
                    + " where symbol like 'NEW%'"))
        .isEqualTo(400);
    assertThat(
            database.number(
                "select count(*) from pg_stat_database where deadlocks > 0"
                    + " and datname = current_database()"))
        .isZero();
  }

  @Test
  void twentyTakeoversLeaveOneHolder() {
    IngestSocket last = one.feed("contested");
    for (int i = 0; i < 20; i++) {
      ServerProcess server = i % 2 == 0 ? other : one;
      IngestSocket next = server.feed();
      long seq = next.hello("contested").getLong("next_seq");
      assertThat(seq).isEqualTo(i + 1);
      next.say(message(seq, "CONTESTED", i));
      next.ackOf(seq);
      last.trySay(message(seq, "CONTESTED", 1_000 + i));
      assertThat(last.closeCode()).isEqualTo(FENCED);
      last.close();
      last = next;
    }
    assertThat(last.poll(Duration.ofMillis(100))).isNull();
    last.close();
    assertThat(stored("CONTESTED")).isEqualTo(20);
  }
}
