package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two servers as processes of their own; the one that leads is frozen, wakes, and is killed. */
class LeadIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Ten seconds, and what a machine at work may take beside them. */
  private static final Duration MOVED = Duration.ofSeconds(20);

  /** By which features are led, and by which the roll-up is. */
  private static final int FEATURES = 740_181;

  private static final int ROLL_UP = 740_101;

  /** Other passes lead for a moment, and write nothing. */
  private static final String WAITS =
      "select count(*) from pg_locks where not granted and relation = 'market.candles_1m'::regclass";

  private static String holder(int lock) {
    return DATABASE.text(
        """
        select coalesce(string_agg(pid::text, ',' order by pid), '') from pg_locks
        where locktype = 'advisory' and granted and objid = %d
          and database = (select oid from pg_database where datname = current_database())
        """
            .formatted(lock));
  }

  private static void post(ServerProcess server, long id) {
    String rows = body("LED", trade(HOUR_AGO + id * 1_000, 100 + id, 1, id));
    assertThat(server.post("/v1/trades", rows).statusCode()).isEqualTo(200);
  }

  private static long rolledUp() {
    return DATABASE.number("select coalesce(sum(trades), 0) from market.candles_1m");
  }

  @Test
  void aLeaderThatFreezesIsFollowedWakesWithoutHarmAndWhenKilledIsFollowedAtOnce()
      throws SQLException {
    DATABASE.clear();
    try (ServerProcess first = ServerProcess.on(DATABASE)) {
      ServerProcess.await("a leader", PATIENCE, () -> !holder(FEATURES).isEmpty());
      String led = holder(FEATURES);
      first.put(
          "/v1/feature-sets/led",
          """
          {"version":"1","timeframe":"1m","instruments":[{"venue":"binance"}],"features":["return(1)"]}
          """);
      try (ServerProcess second = ServerProcess.on(DATABASE)) {
        // So that it is the first one that rolls up.
        second.freeze();
        freezeAtWork(first);
        second.thaw();
        long frozen = System.nanoTime();
        ServerProcess.await("features are led", MOVED, () -> !holder(FEATURES).matches("|" + led));
        ServerProcess.await("the roll-up goes on", MOVED, () -> rolledUp() == 1);
        Duration moved = Duration.ofNanos(System.nanoTime() - frozen);
        assertThat(moved).isLessThan(MOVED);
        String leads = holder(FEATURES);
        post(second, 2);
        first.thaw();
        first.awaitReady();
        for (int i = 3; i < 60; i++) {
          post(i % 2 == 0 ? first : second, i);
          assertThat(holder(FEATURES)).as("one leader, and the same").isEqualTo(leads);
          ServerProcess.sleep(50);
        }
        ServerProcess.await("all is rolled up", PATIENCE, () -> rolledUp() == 59);
        second.kill();
        ServerProcess.await(
            "features are led", MOVED, () -> !holder(FEATURES).matches("|" + leads));
        post(first, 60);
        ServerProcess.await("the roll-up goes on", MOVED, () -> rolledUp() == 60);
        ServerProcess.await("features are right", PATIENCE, () -> featuresPass(first));
      }
    }
  }

  private static boolean featuresPass(ServerProcess server) {
    JsonObject audit = server.json("/v1/audit?venue=binance&symbol=LED");
    return audit.getJsonArray("checks").stream()
        .map(JsonObject.class::cast)
        .anyMatch(
            check ->
                check.getString("name").equals("features_against_recomputation")
                    && check.getString("status").equals("pass"));
  }

  /** In the middle of a transaction of the roll-up. */
  private static void freezeAtWork(ServerProcess server) throws SQLException {
    try (Connection connection = DATABASE.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table market.candles_1m in exclusive mode");
      post(server, 1);
      ServerProcess.await("a roll-up at work", PATIENCE, () -> DATABASE.number(WAITS) > 0);
      server.freeze();
      connection.rollback();
    }
    assertThat(holder(ROLL_UP)).as("it is frozen while it leads").isNotEmpty();
  }
}
