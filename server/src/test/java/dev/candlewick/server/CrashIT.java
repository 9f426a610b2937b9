package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server's own end, rough and gentle, while feeds send. */
class CrashIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static TestDatabase database;
  private static volatile ServerProcess running;

  @BeforeAll
  static void makeADatabase() {
    database = TestDatabase.empty();
    running = ServerProcess.on(database);
  }

  // Experiment 1.

  @Test
  void killedAgainAndAgainItLosesAndDoublesNothing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<SteadyFeed> feeds =
        List.of(
            new SteadyFeed(() -> running.url(), "KILLED-1", 20_000, 3),
            new SteadyFeed(() -> running.url(), "KILLED-2", 20_000, 3));
    for (int cycle = 0; cycle < 4; cycle++) {
      long before = feeds.get(0).acked();
      ServerProcess.await("progress, seed " + seed, PATIENCE, () -> feeds.get(0).acked() > before);
      ServerProcess.sleep(random.nextInt(400));
      running.kill();
      running = ServerProcess.start(database.url());
    }
    long after = feeds.get(1).acked();
    ServerProcess.await("progress", PATIENCE, () -> feeds.get(1).acked() > after);
    feeds.forEach(SteadyFeed::stop);
    for (SteadyFeed feed : feeds) {
      assertThat(feed.connections()).as("it was under load").isGreaterThan(3);
      feed.check(database);
    }
    running.close();
  }

  // Experiment 2.

  @Test
  void drainsOnSigtermAndEndsWithZero() {
    ServerProcess server = ServerProcess.on(database);
    SteadyFeed feed = new SteadyFeed(server::url, "DRAINED", 1_000_000, 3);
    try (IngestSocket quiet = server.feed("QUIET")) {
      quiet.say(Messages.trades(1, "QUIET", List.of(Messages.trade(Messages.HOUR_AGO, 1, 1, 1))));
      quiet.ackOf(1);
      ServerProcess.await("load", PATIENCE, () -> feed.acked() > 50);
      server.terminate();
      long start = System.nanoTime();
      assertThat(quiet.expect("drain").fieldNames()).containsExactly("t");
      assertThat(quiet.closeCode()).isEqualTo(1001);
      assertThat(server.awaitExit(Duration.ofSeconds(25))).isZero();
      assertThat(System.nanoTime() - start).isLessThan(25_000_000_000L);
    }
    feed.stop();
    assertThat(feed.ends().get(0)).isEqualTo("{\"t\":\"drain\"}");
    JsonObject last = new JsonObject(feed.ends().get(1));
    assertThat(last.getString("t")).as("%s", feed.ends()).isEqualTo("closed");
    assertThat(last.getInteger("code")).isEqualTo(1001);
    feed.check(database);
    // Everything that was written was acked: the drain ends with the last ack, not before it.
    assertThat(database.number("select committed_seq from ingest.streams where stream = 'DRAINED'"))
        .isEqualTo(feed.acked());
  }

  // Experiment 3.

  @Test
  void endsAtOnceOnASecondSigterm() {
    try (DatabaseProxy proxy = new DatabaseProxy(database.url())) {
      ServerProcess server = ServerProcess.start(proxy.url()).awaitReady();
      SteadyFeed feed = new SteadyFeed(server::url, "TWICE", 1_000_000, 3);
      ServerProcess.await("load", PATIENCE, () -> feed.acked() > 50);
      proxy.close();
      ServerProcess.sleep(500);
      server.terminate();
      ServerProcess.sleep(1_000);
      server.terminate();
      server.awaitExit(Duration.ofSeconds(5));
      feed.stop();
      feed.check(database);
    }
  }
}
