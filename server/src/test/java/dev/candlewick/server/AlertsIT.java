package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RecordedFault.Scrape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a real server raise the alert that is meant for them, and no other. */
class AlertsIT {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String LAST_PASS = "candlewick_rollup_last_pass_timestamp_seconds";

  /** Alerts of faults in which nothing is rolled up. */
  private static final Set<String> NO_ROLL_UP = Set.of("RollUpLag", "DatabaseDown");

  @TempDir private Path folder;

  private TestDatabase database;
  private DatabaseProxy proxy;
  private ServerProcess server;
  private LiveFeed feed;

  @BeforeEach
  void start() {
    database = TestDatabase.empty();
    proxy = new DatabaseProxy(database.url());
    server = ServerProcess.start(proxy.url()).awaitReady();
    feed = new LiveFeed(server);
    ServerProcess.await("measured", SOON, () -> value("candlewick_database_up") == 1);
    ServerProcess.await(
        "fed",
        SOON,
        () -> value("candlewick_ingest_last_rows_timestamp_seconds{venue=\"binance\"}") > 0);
  }

  @AfterEach
  void stop() {
    feed.stop();
    server.close();
    proxy.close();
  }

  private double value(String series) {
    return Scrape.of(server).value(series);
  }

  /** A feed that sends a trade of now every 50 ms, and asks for nothing. */
  private static final class LiveFeed {
    private final IngestSocket socket;
    private final Thread thread = new Thread(this::run, "live feed");
    private volatile boolean rubbish;
    private volatile boolean stopped;

    LiveFeed(ServerProcess server) {
      socket = server.feed("live");
      thread.start();
    }

    private void run() {
      for (long seq = 1; !stopped; seq++) {
        long now = System.currentTimeMillis();
        Object price = rubbish && seq % 2 == 0 ? "much" : 1;
        socket.trySay(Messages.trades(seq, Messages.trade(now, price, 1, seq)));
        ServerProcess.sleep(50);
      }
    }

    void stop() {
      stopped = true;
    }
  }

  /** Waits until the fault is to be seen, records it, and asks the rules. */
  private void raises(Scrape before, Predicate<Scrape> seen, String... alerts) throws Exception {
    ServerProcess.await("the fault is seen", SOON, () -> seen.test(Scrape.of(server)));
    Scrape first = Scrape.of(server);
    ServerProcess.sleep(2_000);
    if (Collections.disjoint(List.of(alerts), NO_ROLL_UP)) {
      // On a busy machine a pass may take longer, and must not be recorded as one that never ends.
      ServerProcess.await("rolled up", SOON, () -> value(LAST_PASS) > first.value(LAST_PASS));
    }
    RecordedFault fault = new RecordedFault(before, first, Scrape.of(server));
    Path test = folder.resolve("fault.test.yml");
    String rules = Promtool.MONITORING.resolve("alerts.yml").toRealPath().toString();
    List<String> expected = new ArrayList<>(List.of(alerts));
    if (before.value("candlewick_database_durable") == 0) {
      expected.add("DurabilityDegraded"); // A throw-away cluster gives durability up for speed.
    }
    Files.writeString(test, fault.ruleTest(rules, expected));
    Promtool.run("", "test", "rules", test.toString());
  }

  @Test
  void nothingWhileAllIsWell() throws Exception {
    raises(Scrape.of(server), scrape -> true);
  }

  @Test
  void databaseGone() throws Exception {
    Scrape before = Scrape.of(server);
    proxy.close();
    raises(
        before,
        scrape ->
            scrape.value("candlewick_database_up") == 0
                && scrape.value("candlewick_ingest_commit_lag_seconds") > 5,
        "DatabaseDown");
  }

  @Test
  void serverStartedWhileTheDatabaseIsAway() throws Exception {
    feed.stop();
    server.close();
    proxy.close();
    server = ServerProcess.start(proxy.url());
    raises(
        Scrape.of(server), scrape -> scrape.value("candlewick_database_up") == 0, "DatabaseDown");
  }

  @Test
  void databaseNoLongerDurable() throws Exception {
    Scrape before = Scrape.of(server);
    boolean toldBefore = before.value("candlewick_database_durable") == 0;
    database.execute(
        "do $$ begin execute format('alter database %I set synchronous_commit = off',"
            + " current_database()); end $$");
    proxy.cut();
    raises(
        before,
        scrape -> scrape.value("candlewick_database_durable") == 0,
        toldBefore ? new String[0] : new String[] {"DurabilityDegraded"});
  }

  @Test
  void schemaChangedUnderneath() throws Exception {
    Scrape before = Scrape.of(server);
    database.execute("alter table ingest.streams rename column rows to row_count");
    raises(before, scrape -> scrape.value("candlewick_ingest_commit_lag_seconds") > 5, "CommitLag");
  }

  @Test
  void feedSendsRubbish() throws Exception {
    Scrape before = Scrape.of(server);
    feed.rubbish = true;
    raises(
        before,
        scrape -> scrape.text().contains("candlewick_ingest_rejected_rows_total{"),
        "RejectsSurge");
  }

  @Test
  void feedFallsSilent() throws Exception {
    Scrape before = Scrape.of(server);
    feed.stop();
    double stopped = before.at();
    raises(before, scrape -> scrape.at() > stopped + 3, "FeedSilent");
  }

  @Test
  void rollUpFails() throws Exception {
    Scrape before = Scrape.of(server);
    database.execute("alter function market.built_buckets rename to built_buckets_away");
    assertThat(
            server
                .post("/v1/trades", Messages.body("OLD", Messages.trade(Messages.HOUR_AGO, 1, 1)))
                .statusCode())
        .isEqualTo(200);
    raises(before, scrape -> scrape.value("candlewick_rollup_failures_total") > 1, "RollUpLag");
  }
}
