package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a spool whose database goes away and comes back. */
class SpoolIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestDatabase database;

  @TempDir private Path spool;
  private DatabaseProxy proxy;
  private ServerProcess server;

  @BeforeAll
  static void makeADatabase() {
    database = TestDatabase.empty();
  }

  @BeforeEach
  void startOnADatabaseThatIsThere() {
    proxy = new DatabaseProxy(database.url());
    start();
    server.awaitReady();
  }

  @AfterEach
  void stop() {
    server.close();
    proxy.close();
  }

  private void start(String... keysAndValues) {
    String[] all = new String[keysAndValues.length + 4];
    all[0] = "SPOOL_DIR";
    all[1] = spool.toString();
    all[2] = "SPOOL_FREE_BYTES";
    all[3] = "0";
    System.arraycopy(keysAndValues, 0, all, 4, keysAndValues.length);
    server = ServerProcess.start(proxy.url(), all);
  }

  /** Sends messages of one trade each, whose price is their seq. */
  private static void say(IngestSocket feed, String stream, long first, long last) {
    for (long seq = first; seq <= last; seq++) {
      feed.say(
          Messages.trades(
              seq, stream, List.of(trade(HOUR_AGO + seq, seq, 1), trade(HOUR_AGO + seq, seq, 1))));
    }
  }

  /** Waits until the server says that it has so much on its own disk; the last ack. */
  private static JsonObject awaitSpooled(IngestSocket feed, long seq) {
    JsonObject ack = feed.expect("ack");
    while (ack.getLong("spooled") < seq) {
      ack = feed.expect("ack");
    }
    return ack;
  }

  /** Each message is stored once, its two equal trades without ids as two. */
  private static void assertStored(String stream, long messages) {
    assertThat(
            database.text(
                """
                select count(*) || ' ' || count(distinct price) || ' ' || max(price)
                from market.trades join market.instruments on id = instrument_id
                where symbol = '%s'
                """
                    .formatted(stream)))
        .isEqualTo(2 * messages + " " + messages + " " + messages);
  }

  @Test
  void whatWasSpooledIsStoredOnceAfterAKill() {
    try (IngestSocket feed = server.feed("KILLED")) {
      say(feed, "KILLED", 1, 3);
      assertThat(feed.ackOf(3).getLong("spooled")).isEqualTo(3);
      proxy.away();
      say(feed, "KILLED", 4, 50);
      assertThat(awaitSpooled(feed, 50).getLong("committed")).isEqualTo(3);
      assertThat(server.post("/v1/trades", body("REST", trade(HOUR_AGO, 1, 1))).statusCode())
          .isEqualTo(503);
      say(feed, "KILLED", 51, 60);
      awaitSpooled(feed, 60);
    }
    server.kill();
    start();
    assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
    proxy.back();
    server.awaitReady();
    try (IngestSocket feed = server.feed()) {
      assertThat(feed.hello("KILLED").getLong("next_seq")).isEqualTo(61);
      say(feed, "KILLED", 61, 62);
      feed.ackOf(62);
    }
    assertStored("KILLED", 62);
  }
}
