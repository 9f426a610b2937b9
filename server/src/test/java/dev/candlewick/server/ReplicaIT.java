package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static dev.candlewick.server.Messages.trades;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary and a streaming replica of it, two real clusters, and a server that knows both. */
class ReplicaIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** From the moment on at which there is a primary again. */
  private static final Duration TAKEN_OVER = Duration.ofSeconds(30);

  private static int number;

  private OwnCluster primary;
  private OwnCluster replica;
  private TestDatabase database;
  private @Nullable RunningServer started;

  @BeforeEach
  void start() {
    Optional<OwnCluster> started = OwnCluster.start("first" + ++number);
    assumeThat(started).as("the script can run a cluster here").isPresent();
    primary = started.get();
    database = primary.database();
    replica = primary.replica("second" + number);
  }

  @AfterEach
  void stop() {
    if (started != null) {
      started.close();
    }
    if (replica != null) {
      replica.close();
    }
    if (primary != null) {
      primary.close();
    }
  }

  private String url(String hosts) {
    URI of = URI.create(database.url());
    return "postgresql://" + of.getRawUserInfo() + "@" + hosts + of.getPath();
  }

  private RunningServer serve(String... more) {
    String both = primary.address() + "," + replica.address();
    RunningServer server =
        RunningServer.with(
            more.length == 0
                ? Map.of("DB_URL", url(both))
                : Map.of("DB_URL", url(both), more[0], more[1]));
    started = server;
    return server;
  }

  private static void post(RunningServer server, long price) {
    String rows = body("R", trade(HOUR_AGO + price, price, 1, price));
    assertThat(server.post("/v1/trades", rows).statusCode()).isEqualTo(200);
  }

  private static String close(RunningServer server) {
    String path = "/v1/candles?venue=binance&symbol=R&timeframe=1m&from=" + HOUR_AGO;
    return server.get(path).body().replaceFirst("(?s).*\"close\":([0-9]+).*", "$1");
  }

  private static double reads(RunningServer server, String by) {
    Matcher found =
        Pattern.compile("candlewick_replica_reads_total\\{by=\"" + by + "\"} ([0-9.E]+)")
            .matcher(server.get("/metrics").body());
    assertThat(found.find()).isTrue();
    return Double.parseDouble(found.group(1));
  }

  @Test
  void readsNeverGoBackBehindWhatWasToldAndFeedsAreToldWhatAPromotedReplicaLacks() {
    RunningServer server = serve("DB_READ_URL", url(replica.address()));
    TestDatabase copy = replica.sameAs(database);
    post(server, 1);
    ServerProcess.await(
        "the replica answers",
        PATIENCE,
        () ->
            close(server).equals("1")
                && reads(server, "replica") > 0
                && reads(server, "primary") >= 0);
    copy.execute("select pg_wal_replay_pause()");
    ServerProcess.await(
        "a pause",
        PATIENCE,
        () -> copy.text("select pg_get_wal_replay_pause_state()").equals("paused"));
    for (long price = 2; price < 12; price++) {
      post(server, price);
      assertThat(close(server)).isEqualTo(Long.toString(price));
    }
    assertThat(copy.number("select count(*) from market.trades")).isOne();
    assertThat(reads(server, "primary")).isGreaterThanOrEqualTo(10);
    copy.execute("select pg_wal_replay_resume()");
    double before = reads(server, "replica");
    ServerProcess.await(
        "the replica answers again",
        PATIENCE,
        () -> close(server).equals("11") && reads(server, "replica") > before);
    for (long price = 12; price < 22; price++) {
      post(server, price);
      assertThat(close(server)).isEqualTo(Long.toString(price));
    }
    lose(server, copy);
  }

  /** Something that the replica lacks, then the primary. */
  private void lose(RunningServer server, TestDatabase copy) {
    try (IngestSocket feed = IngestSocket.open(server.uri(""))) {
      feed.hello("ahead");
      feed.say(trades(1, "L", List.of(trade(HOUR_AGO, 1, 1))));
      feed.ackOf(1);
      ServerProcess.await(
          "the replica has it",
          PATIENCE,
          () -> copy.number("select count(*) from market.trades") == 22);
      copy.execute("alter system set primary_conninfo = ''");
      copy.execute("select pg_reload_conf()");
      ServerProcess.await(
          "nothing is received",
          PATIENCE,
          () -> copy.number("select count(*) from pg_stat_wal_receiver") == 0);
      feed.say(trades(2, "L", List.of(trade(HOUR_AGO, 2, 1))));
      feed.ackOf(2);
      primary.kill();
      // Nobody can say any more what was told.
      ServerProcess.await(
          "no answer", PATIENCE, () -> close(server).contains("\"code\":\"unavailable\""));
      replica.promote();
      ServerProcess.await("an answer", TAKEN_OVER, () -> close(server).equals("21"));
      JsonObject told = feed.next();
      while (!told.getString("t").equals("error")) {
        told = feed.next();
      }
      assertThat(told.getString("code")).isEqualTo("rewound");
      assertThat(told.getLong("next_seq")).isEqualTo(2);
    }
    try (IngestSocket again = IngestSocket.open(server.uri(""))) {
      assertThat(again.hello("ahead").getLong("next_seq")).isEqualTo(2);
      again.say(trades(2, "L", List.of(trade(HOUR_AGO, 2, 1))));
      again.ackOf(2);
    }
    assertThat(copy.number("select count(*) from market.trades")).isEqualTo(23);
    assertThat(server.get("/metrics").body()).contains("candlewick_ingest_streams_rewound_total 1");
  }

  @Test
  void withSynchronousReplicationFeedsGoOnAndNothingThatWasAckedIsLost() {
    TestDatabase first = primary.sameAs(database);
    first.execute("alter system set synchronous_standby_names = '*'");
    first.execute("select pg_reload_conf()");
    ServerProcess.await(
        "a synchronous replica",
        PATIENCE,
        () ->
            first.number("select count(*) from pg_stat_replication where sync_state = 'sync'")
                == 1);
    RunningServer server = serve();
    SteadyFeed feed = new SteadyFeed(() -> server.uri(""), "SYNC", 1_500, 5);
    ServerProcess.await("load", PATIENCE, () -> feed.acked() > 50);
    primary.kill();
    replica.promote();
    TestDatabase copy = replica.sameAs(database);
    copy.execute("alter system set synchronous_standby_names = ''");
    copy.execute("select pg_reload_conf()");
    long before = feed.acked();
    ServerProcess.await("progress", TAKEN_OVER, () -> feed.acked() > before);
    feed.awaitDone(PATIENCE);
    feed.check(copy);
    feed.checkCandles(copy);
  }
}
