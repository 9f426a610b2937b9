package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The line to the database goes silent, or is slow: nothing is closed, and nothing comes. */
class SilentDatabaseIT {
  private static final Duration ALIVE_AGAIN = Duration.ofSeconds(30);
  private static final String READ = "/v1/candles?venue=binance&symbol=SILENT&timeframe=1m&limit=5";

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
  }

  // Experiment 8.

  @Test
  void bothPoolsAreBackSoonAfterSilence() {
    SteadyFeed feed = new SteadyFeed(server::url, "SILENT", 3_000, 5);
    ServerProcess.await("a candle", ALIVE_AGAIN, () -> server.get(READ).statusCode() == 200);
    proxy.silent(true);
    // More than the pool has connections: all of them are caught in the silence.
    List<CompletableFuture<HttpResponse<String>>> reads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      reads.add(CompletableFuture.supplyAsync(() -> server.get(READ)));
    }
    long start = System.nanoTime();
    assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
    assertThat(server.get("/livez").statusCode()).isEqualTo(200);
    for (CompletableFuture<HttpResponse<String>> read : reads) {
      HttpResponse<String> answer = read.join();
      assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
    ServerProcess.sleep(5_000);
    long acked = feed.acked();
    proxy.silent(false);
    ServerProcess.await("ready", ALIVE_AGAIN, () -> server.get("/readyz").statusCode() == 200);
    ServerProcess.await("acks", ALIVE_AGAIN, () -> feed.acked() > acked);
    for (int i = 0; i < 20; i++) {
      assertThat(server.get(READ).statusCode()).isEqualTo(200);
    }
    feed.awaitDone(ALIVE_AGAIN);
    feed.check(database);
    feed.checkCandles(database);
    // Two are kept: that on which this instance leads the making of features, and that on which
    // the candles in memory are asked for news.
    ServerProcess.await("free connections", ALIVE_AGAIN, () -> inUse() <= 2);
  }

  /** The rows of an unfinished COPY are locked, and only its client or its end unlocks them. */
  @Test
  void aCopyThatLostItsClientHoldsNobodyUp() {
    SteadyFeed feed = new SteadyFeed(server::url, "COPY", 300, 5);
    proxy.silenceInCopy(1);
    ServerProcess.await("a silent COPY", ALIVE_AGAIN, () -> proxy.hits() == 1);
    feed.awaitDone(ALIVE_AGAIN);
    feed.check(database);
  }

  @Test
  void aCopyOfAnInstanceThatIsGoneHoldsNoOtherUp() {
    try (ServerProcess other = ServerProcess.start(database.url()).awaitReady();
        ServerProcess gone = ServerProcess.start(proxy.url()).awaitReady()) {
      AtomicBoolean isGone = new AtomicBoolean();
      SteadyFeed feed =
          new SteadyFeed(() -> isGone.get() ? other.url() : gone.url(), "GONE", 300, 5);
      proxy.silenceInCopy(1);
      ServerProcess.await("a silent COPY", ALIVE_AGAIN, () -> proxy.hits() == 1);
      isGone.set(true);
      gone.kill();
      feed.awaitDone(ALIVE_AGAIN);
      feed.check(database);
    }
  }

  /** It waits in the middle of a message, and so is neither idle nor ended by a timeout. */
  @Test
  void aBackendThatWaitsForTheRestOfAReadIsEnded() {
    proxy.silenceAt("candlewick-read", new DatabaseProxy.Silence(true, 'E'), 1);
    for (int i = 0; proxy.hits() == 0; i++) {
      server.get(READ + "&to=" + i);
    }
    Duration soon = Duration.ofSeconds(15);
    ServerProcess.await("its end", soon, () -> server.hasSaid(" of candlewick-read"));
    ServerProcess.await("none of these", soon, () -> waiting() == 0);
  }

  private static long waiting() {
    return database.number(
        """
        select count(*) from pg_stat_activity where datname = current_database()
        and state = 'active' and wait_event = 'ClientRead'
        and query_start < clock_timestamp() - interval '2 seconds'
        """);
  }

  private static double inUse() {
    return server
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("candlewick_pool_connections_in_use"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  // Experiment 10.

  @Test
  void aSlowDatabasePushesBackAndLosesNothing() {
    proxy.slow(125_000, Duration.ofMillis(200));
    try {
      List<SteadyFeed> feeds = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        feeds.add(new SteadyFeed(server::url, "SLOW-" + i, 60, 2_000));
      }
      List<Long> millis = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        long asked = System.nanoTime();
        assertThat(server.get("/livez").statusCode()).isEqualTo(200);
        millis.add((System.nanoTime() - asked) / 1_000_000);
        ServerProcess.sleep(100);
      }
      millis.sort(null);
      assertThat(millis.get(90)).as("p90 of /livez in ms, of %s", millis).isLessThan(100);
      assertThat(feeds).as("it is slow").noneMatch(feed -> feed.acked() >= 60);
      assertThat(feeds).as("it goes on").anyMatch(feed -> feed.acked() > 0);
      proxy.fast();
      for (SteadyFeed feed : feeds) {
        feed.awaitDone(Duration.ofSeconds(60));
        feed.check(database);
      }
    } finally {
      proxy.fast();
    }
    assertThat(server.status("VmHWM")).as("kB of memory").isLessThan(512 * 1024);
  }
}
