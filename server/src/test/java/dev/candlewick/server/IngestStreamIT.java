package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.trade;
import static dev.candlewick.server.Messages.trades;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The session of a feed: hello, the sequence rule, acks, rejects. */
class IngestStreamIT {
  private static TestDatabase database;
  private static ServerProcess server;

  private String stream;
  private String symbol;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server = ServerProcess.on(database);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameAStream() {
    stream = "feed-" + UUID.randomUUID();
    symbol = "S" + stream.substring(5, 13);
  }

  private long stored() {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '"
            + symbol
            + "'");
  }

  private String one(long seq, double price, Object id) {
    return trades(seq, symbol, List.of(trade(HOUR_AGO, price, 1, id)));
  }

  @Test
  void welcomesWithTheFieldsOfTheContract() {
    boolean durable =
        database
            .text(
                "select current_setting('fsync') = 'on' and current_setting('full_page_writes') ="
                    + " 'on' and current_setting('synchronous_commit') <> 'off'")
            .equals("t");
    try (IngestSocket feed = server.feed()) {
      JsonObject limits =
          new JsonObject()
              .put("message_bytes", 262_144)
              .put("rows", 5_000)
              .put("inflight_messages", 2_000)
              .put("inflight_bytes", 4_194_304);
      assertThat(feed.hello(stream))
          .isEqualTo(
              new JsonObject()
                  .put("t", "welcome")
                  .put("v", 1)
                  .put("stream", stream)
                  .put("epoch", 1)
                  .put("next_seq", 1)
                  .put("durability", durable ? "full" : "degraded")
                  .put("limits", limits));
    }
  }

  @Test
  void epochGrowsAndSeqGoesOnWithEachHello() {
    try (IngestSocket first = server.feed(stream)) {
      first.say(one(1, 10, 1));
      first.ackOf(1);
    }
    try (IngestSocket second = server.feed()) {
      JsonObject welcome = second.hello(stream);
      assertThat(welcome.getLong("epoch")).isEqualTo(2);
      assertThat(welcome.getLong("next_seq")).isEqualTo(2);
      second.say(one(2, 11, 2));
      assertThat(second.ackOf(2).getLong("committed")).isEqualTo(2);
    }
    JsonObject told = server.json("/v1/streams/" + stream);
    assertThat(told.getLong("epoch")).isEqualTo(2);
    assertThat(told.getLong("committed_seq")).isEqualTo(2);
  }

  @Test
  void whatIsAckedIsInTheDatabaseAtThatMoment() {
    try (IngestSocket feed = server.feed(stream)) {
      long committed = 0;
      for (int seq = 1; seq <= 60; seq++) {
        feed.say(one(seq, seq, seq));
      }
      while (committed < 60) {
        JsonObject ack = feed.expect("ack");
        long stored = stored();
        assertThat(ack.getLong("committed")).isGreaterThan(committed).isLessThanOrEqualTo(stored);
        committed = ack.getLong("committed");
      }
    }
  }

  @Test
  void acksOneForManyMessages() {
    try (IngestSocket feed = server.feed(stream)) {
      for (int seq = 1; seq <= 200; seq++) {
        feed.say(one(seq, seq, seq));
      }
      int acks = 1;
      while (feed.expect("ack").getLong("committed") < 200) {
        acks++;
      }
      assertThat(acks).isLessThan(100);
    }
  }

  @Test
  void neverWritesASeqTwiceButAcksIt() {
    try (IngestSocket feed = server.feed(stream)) {
      for (int seq = 1; seq <= 20; seq++) {
        feed.say(one(seq, seq, seq));
      }
      feed.ackOf(20);
      // Other rows under a seq that is taken: they must not get in by another key.
      feed.say(one(20, 99, 1020));
      assertThat(feed.expect("ack").getLong("committed")).isEqualTo(20);
      feed.say(one(1, 99, 1001));
      assertThat(feed.expect("ack").getLong("committed")).isEqualTo(20);
      assertThat(stored()).isEqualTo(20);
      feed.say(one(21, 21, 21));
      assertThat(feed.ackOf(21).getLong("committed")).isEqualTo(21);
      assertThat(stored()).isEqualTo(21);
    }
  }

  @Test
  void ignoresEverythingAfterAGapUntilTheExpectedSeq() {
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(one(3, 3, 3));
      assertThat(feed.next())
          .isEqualTo(new JsonObject().put("t", "error").put("code", "seq_gap").put("expected", 1));
      feed.say(one(4, 4, 4));
      feed.say(one(1, 1, 1));
      assertThat(feed.expect("ack").getLong("committed")).isEqualTo(1);
      feed.say(one(2, 2, 2));
      assertThat(feed.expect("ack").getLong("committed")).isEqualTo(2);
      assertThat(stored()).isEqualTo(2);
      feed.say(one(4, 4, 4));
      assertThat(feed.expect("error").getLong("expected")).isEqualTo(3);
    }
  }

  @Test
  void tellsRejectedRowsAndKeepsTheGoodOnes() {
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(
          trades(
              1,
              symbol,
              List.of(
                  trade(HOUR_AGO, 1, 1, 1),
                  trade(HOUR_AGO, "NaN", 1, 2),
                  trade(HOUR_AGO, 3, -1, 3))));
      JsonObject ack = feed.ackOf(1);
      assertThat(ack.containsKey("rejected_more")).isFalse();
      JsonArray rejected = ack.getJsonArray("rejected");
      assertThat(rejected).hasSize(2);
      assertThat(rejected.getJsonObject(0).getLong("seq")).isEqualTo(1);
      assertThat(rejected.getJsonObject(0).getInteger("index")).isEqualTo(1);
      assertThat(rejected.getJsonObject(0).getString("field")).isEqualTo("price");
      assertThat(rejected.getJsonObject(0).getString("code")).isEqualTo("not_finite");
      assertThat(rejected.getJsonObject(1).getInteger("index")).isEqualTo(2);
      assertThat(rejected.getJsonObject(1).getString("field")).isEqualTo("size");
      assertThat(rejected.getJsonObject(1).getString("code")).isEqualTo("out_of_range");
      assertThat(stored()).isEqualTo(1);

      JsonObject kept = server.json("/v1/rejects?stream=" + stream);
      assertThat(kept.getJsonArray("rejects")).hasSize(2);
      JsonObject first = kept.getJsonArray("rejects").getJsonObject(0);
      assertThat(first.getLong("seq")).isEqualTo(1);
      assertThat(first.getInteger("index")).isEqualTo(1);
      assertThat(first.getString("code")).isEqualTo("not_finite");
    }
  }

  @Test
  void tellsAtMostAHundredRejectedRowsAndHowManyMore() {
    try (IngestSocket feed = server.feed(stream)) {
      List<JsonObject> bad =
          IntStream.range(0, 250).mapToObj(i -> trade(HOUR_AGO, i, -1, i)).toList();
      feed.say(trades(1, symbol, bad));
      JsonObject ack = feed.ackOf(1);
      assertThat(ack.getJsonArray("rejected")).hasSize(100);
      assertThat(ack.getInteger("rejected_more")).isEqualTo(150);
      assertThat(stored()).isZero();
    }
    int told = 0;
    long after = 0;
    JsonArray page = server.json("/v1/rejects?limit=100&stream=" + stream).getJsonArray("rejects");
    while (!page.isEmpty()) {
      told += page.size();
      after = page.getJsonObject(page.size() - 1).getLong("id");
      page =
          server
              .json("/v1/rejects?limit=100&stream=" + stream + "&after=" + after)
              .getJsonArray("rejects");
    }
    assertThat(told).isEqualTo(250);
  }

  @Test
  void aMessageOfBadRowsAloneConsumesItsSeq() {
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(trades(1, symbol, List.of(new JsonObject())));
      assertThat(feed.ackOf(1).getJsonArray("rejected")).hasSize(1);
      feed.say(one(2, 2, 2));
      assertThat(feed.ackOf(2).getJsonArray("rejected")).isEmpty();
      assertThat(stored()).isEqualTo(1);
    }
    assertThat(
            database.number(
                "select count(*) from market.instruments where symbol = '" + symbol + "'"))
        .isEqualTo(1);
  }

  @Test
  void countsRowsThatWereStoredAlreadyAsDuplicates() {
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(one(1, 1, 1));
      assertThat(feed.ackOf(1).getLong("duplicates")).isZero();
      feed.say(trades(2, symbol, List.of(trade(HOUR_AGO, 1, 1, 1), trade(HOUR_AGO, 2, 1, 2))));
      assertThat(feed.ackOf(2).getLong("duplicates")).isEqualTo(1);
      feed.say(one(3, 3, 3));
      assertThat(feed.ackOf(3).getLong("duplicates")).isZero();
      assertThat(stored()).isEqualTo(3);
    }
  }

  @Test
  void anEmptyMessageIsAcked() {
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(trades(1, symbol, List.of()));
      assertThat(feed.ackOf(1).getLong("committed")).isEqualTo(1);
    }
  }

  @Test
  void takesTradesQuotesAndCandlesOnOneStream() {
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(one(1, 1, 1));
      JsonObject quote = new JsonObject().put("ts", HOUR_AGO).put("bid", 1).put("ask", 2);
      feed.say(Messages.message("quotes", 2, symbol, List.of(quote)).encode());
      feed.say(
          Messages.message("candles", 3, symbol, List.of(Messages.candle(HOUR_AGO, 1, 2, 0, 1)))
              .put("timeframe", "1m")
              .encode());
      assertThat(feed.ackOf(3).getJsonArray("rejected")).isEmpty();
    }
    for (String table : List.of("trades", "quotes", "candles_1m")) {
      assertThat(
              database.number(
                  "select count(*) from market.%s join market.instruments i on i.id = instrument_id where i.symbol = '%s'"
                      .formatted(table, symbol)))
          .as(table)
          .isEqualTo(1);
    }
  }

  @Test
  void aQuietFeedIsLeftOpen() {
    try (IngestSocket feed = server.feed(stream)) {
      assertThat(feed.poll(Duration.ofSeconds(1))).isNull();
      feed.say(one(1, 1, 1));
      feed.ackOf(1);
    }
  }
}
