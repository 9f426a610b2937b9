package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static dev.candlewick.server.Messages.trades;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An older copy of the database is put back below two servers that run on. */
class RewindIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static OwnCluster cluster;
  private static TestDatabase database;
  private static RunningServer one;
  private static RunningServer two;
  private static IngestSocket ahead;
  private static IngestSocket later;
  private static IngestSocket level;
  private static IngestSocket spooled;
  private static RawSocket live;

  @BeforeAll
  static void putAnOlderCopyBack(@TempDir Path spool) {
    Optional<OwnCluster> started = OwnCluster.start("rewind");
    assumeThat(started).as("the script can run a cluster here").isPresent();
    cluster = started.get();
    database = cluster.database();
    one = RunningServer.with(Map.of("DB_URL", database.url(), "SPOOL_DIR", spool.toString()));
    two = RunningServer.with(Map.of("DB_URL", database.url()));
    ahead = IngestSocket.open(one.uri(""));
    level = IngestSocket.open(one.uri(""));
    later = IngestSocket.open(two.uri(""));
    ahead.hello("ahead");
    ahead.say(trades(1, "OLD", List.of(trade(HOUR_AGO, 1, 1))));
    ahead.ackOf(1);
    level.hello("level");
    level.say(trades(1, "OLD", List.of(trade(HOUR_AGO, 1, 1))));
    level.ackOf(1);
    spooled = IngestSocket.open(one.uri(""));
    spooled.hello("spooled");
    cluster.save();
    write(one, "A", 1);
    write(one, "B", 2);
    write(two, "A", 3);
    candles(one, "A");
    declare(one);
    assertThat(order(one)).isEqualTo(200);
    ahead.say(trades(2, "A", List.of(trade(HOUR_AGO, 3, 1))));
    acked(ahead, 2);
    later.hello("later");
    later.say(trades(1, "B", List.of(trade(HOUR_AGO, 4, 1))));
    acked(later, 1);
    live = RawSocket.openAt(two.uri(""), "/v1/subscribe");
    live.text(
        "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"trades\",\"venue\":\"binance\",\"symbol\":\"A\",\"last\":10}");
    live.json();
    spooled.say(trades(1, "A", List.of(trade(HOUR_AGO, 7, 1))));
    acked(spooled, 1);
    cluster.stop();
    spooled.say(trades(2, "A", List.of(trade(HOUR_AGO, 8, 1))));
    ackOf(spooled, "spooled", 2);
    cluster.putBack();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      one.close();
      two.close();
      cluster.close();
    }
  }

  private static void acked(IngestSocket feed, long seq) {
    ackOf(feed, "committed", seq);
  }

  private static void ackOf(IngestSocket feed, String word, long seq) {
    JsonObject message = feed.next();
    while (!message.getString("t").equals("ack") || message.getLong(word, 0L) < seq) {
      message = feed.next();
    }
  }

  private static void write(RunningServer server, String symbol, int price) {
    ServerProcess.await(
        "a write of " + symbol,
        PATIENCE,
        () ->
            server.post("/v1/trades", body(symbol, trade(HOUR_AGO, price, 1))).statusCode() == 200);
  }

  private static String candles(RunningServer server, String symbol) {
    HttpResponse<String> answer =
        server.get(
            "/v1/candles?timeframe=1m&venue=binance&symbol="
                + symbol
                + "&from="
                + (HOUR_AGO - 60_000));
    return answer.statusCode() == 200 ? answer.body() : String.valueOf(answer.statusCode());
  }

  private static void declare(RunningServer server) {
    HttpResponse<String> answer =
        server.send(
            "PUT",
            "/v1/kinds/rewound",
            "{\"kind\":\"rewound\",\"key\":[\"bot\"],\"columns\":"
                + "[{\"name\":\"bot\",\"type\":\"text\",\"required\":true}]}",
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(201);
  }

  private static int order(RunningServer server) {
    String rows = "{\"rows\":[{\"ts\":" + HOUR_AGO + ",\"bot\":\"a\"}]}";
    return server.post("/v1/records/rewound", rows).statusCode();
  }

  @Test
  void aKindThatIsGoneIsUnknownAndMayBeDeclaredAgain() {
    ServerProcess.await("the database", PATIENCE, () -> order(one) != 503);
    assertThat(order(one)).isIn(404, 422);
    write(one, "OLD", 7);
    declare(one);
    assertThat(order(one)).isEqualTo(200);
    assertThat(order(two)).isEqualTo(200);
  }

  private static JsonObject error(IngestSocket feed) {
    JsonObject message = feed.next();
    while (!message.getString("t").equals("error")) {
      message = feed.next();
    }
    return message;
  }

  @Test
  void everyTradeIsItsOwnInstruments() {
    write(one, "B", 12);
    write(one, "C", 13);
    write(one, "A", 11);
    write(two, "A", 21);
    assertThat(
            database.text(
                """
                select string_agg(i.symbol || ' ' || t.price, ', ' order by i.symbol, t.price)
                from market.trades t left join market.instruments i on i.id = t.instrument_id
                where t.price > 10
                """))
        .isEqualTo("A 11, A 21, B 12, C 13");
    assertThat(
            database.number(
                "select count(*) from market.trades where instrument_id not in (select id from"
                    + " market.instruments)"))
        .isZero();
    assertThat(candles(one, "A")).contains("\"open\":11.0".replace(".0", "")).doesNotContain("13");
    assertThat(candles(one, "C")).contains("\"open\":13");
  }

  @Test
  void aFeedThatWasAheadIsToldFromWhereToSend() {
    JsonObject told = error(ahead);
    assertThat(told.getString("code")).isEqualTo("rewound");
    assertThat(told.getLong("next_seq")).isEqualTo(2);
    assertThat(ahead.closeCode()).isEqualTo(1013);
    try (IngestSocket again = IngestSocket.open(two.uri(""))) {
      assertThat(again.hello("ahead").getLong("next_seq")).isEqualTo(2);
      again.say(trades(2, "OLD", List.of(trade(HOUR_AGO, 5, 1))));
      acked(again, 2);
    }
  }

  @Test
  void aFeedThatTheDatabaseNoLongerKnowsIsToldToBeginAnew() {
    JsonObject told = error(later);
    assertThat(told.getString("code")).isEqualTo("rewound");
    assertThat(told.getLong("next_seq")).isEqualTo(1);
    assertThat(two.get("/metrics").body()).contains("candlewick_ingest_streams_rewound_total 1");
  }

  @Test
  void aFeedWhoseMessagesWereSpooledInBetweenIsToldTheSame() {
    JsonObject told = error(spooled);
    assertThat(told.getString("code")).isEqualTo("rewound");
    assertThat(told.getLong("next_seq")).isEqualTo(1);
    assertThat(spooled.closeCode()).isEqualTo(1013);
  }

  @Test
  void aFeedThatLostNothingGoesOn() {
    level.say(trades(2, "OLD", List.of(trade(HOUR_AGO, 6, 1))));
    acked(level, 2);
  }

  @Test
  void aSubscriberOfWhatIsGoneIsClosedToSubscribeAgain() {
    assertThat(live.closeCode()).isEqualTo(1013);
  }
}
