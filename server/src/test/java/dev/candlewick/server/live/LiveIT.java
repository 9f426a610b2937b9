package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Rows are written at one server instance; subscriptions are at the other. */
class LiveIT {
  private static final List<String> TIMEFRAMES =
      List.of("10s", "1m", "5m", "7m", "15m", "1h", "1d", "1w", "1M");

  private static final String KILL_READERS =
      """
      select count(pg_terminate_backend(pid)) from pg_stat_activity
      where datname = current_database() and application_name = 'candlewick-read'
      """;

  /** The connections that listen, by what they asked last. */
  private static final String LISTENERS =
      """
      from pg_stat_activity
      where datname = current_database() and application_name = 'candlewick-read'
        and query like '%pg_current_snapshot%'
      """;

  /** As a writer leaves it that dies between its commit and the telling. */
  private static final String COMMIT_UNTOLD =
      """
      begin;
      update market.trades set price = 8
      where instrument_id = (select id from market.instruments where symbol = '%1$s');
      insert into ingest.changes (ids, kinds, keys)
      select ids, kinds, keys from ingest.changes
      where ids = array(select id from market.instruments where symbol = '%1$s');
      commit
      """;

  private static LiveInstance writer;
  private static LiveInstance reader;
  private static int symbols;

  private final String symbol = "S" + System.nanoTime() + "-" + symbols++;
  private LiveClient client;

  @BeforeAll
  static void start() {
    writer = new LiveInstance(LiveLimits.DEFAULT);
    // It must be told: no look of its own comes to help.
    reader = new LiveInstance(LiveLimits.DEFAULT, Duration.ofHours(1));
  }

  @AfterAll
  static void stop() {
    writer.close();
    reader.close();
  }

  @BeforeEach
  void connect() {
    client = new LiveClient(reader);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private static JsonObject trade(long ts, double price, long id) {
    return new JsonObject().put("ts", ts).put("price", price).put("size", 0.1).put("id", id);
  }

  private static JsonObject candle(String timeframe, long ts, double price, boolean closed) {
    return new JsonObject()
        .put("ts", ts)
        .put("timeframe", timeframe)
        .put("open", price)
        .put("high", price)
        .put("low", price)
        .put("close", price)
        .put("volume", 3.3)
        .put("closed", closed);
  }

  private void postTrades(JsonObject... rows) {
    writer.post("trades", symbol, new JsonArray(List.of(rows)));
  }

  /** Random writes: new, late and repeated trades, and the venue's candles, closed and forming. */
  private void write(Random random, List<JsonObject> written) {
    long now = System.currentTimeMillis();
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        JsonArray rows = new JsonArray();
        for (int i = random.nextInt(20); i >= 0; i--) {
          JsonObject row =
              trade(now - random.nextInt(1_500), price(random), random.nextLong(1 << 30));
          rows.add(row);
          written.add(row);
        }
        writer.post("trades", symbol, rows);
      }
      case 2 ->
          postTrades(
              trade(
                  now - random.nextLong(3 * 86_400_000L), price(random), random.nextLong(1 << 30)));
      case 3 -> postTrades(written.get(random.nextInt(written.size())));
      default -> {
        String[] timeframes = {"10s", "1m", "5m", "1h"};
        long[] lengths = {10_000, 60_000, 300_000, 3_600_000};
        int which = random.nextInt(lengths.length);
        long ts = now - random.nextLong(5 * lengths[which]);
        JsonObject row =
            candle(
                timeframes[which], ts - ts % lengths[which], price(random), random.nextInt(3) > 0);
        writer.post("candles", symbol, new JsonArray().add(row));
      }
    }
  }

  private static double price(Random random) {
    return random.nextInt(100_000) / 100.0;
  }

  private void subscribeToAllTimeframes(long from) {
    for (int i = 0; i < TIMEFRAMES.size(); i++) {
      String more = ",\"timeframe\":\"" + TIMEFRAMES.get(i) + "\",\"from\":" + from;
      client.subscribe(i, "candles", symbol, more);
    }
  }

  @RepeatedTest(3)
  void snapshotAndUpdatesEqualTheRangeQuery(RepetitionInfo repetition) throws Exception {
    Random random = new Random(repetition.getCurrentRepetition());
    List<JsonObject> written = new ArrayList<>(List.of(trade(Instant.now().toEpochMilli(), 5, 7)));
    for (int i = 0; i < 30; i++) {
      write(random, written);
    }
    long from = System.currentTimeMillis() - Duration.ofDays(2).toMillis();
    subscribeToAllTimeframes(from);
    for (int i = 0; i < 120; i++) {
      write(random, written);
      if (i % 40 == 39) {
        client.awaitCandles(reader, symbol, TIMEFRAMES, from);
      }
    }
  }

  @Test
  void nothingIsMissedWhenTheDatabaseCutsEveryReader() throws Exception {
    Random random = new Random(11);
    List<JsonObject> written = new ArrayList<>(List.of(trade(Instant.now().toEpochMilli(), 5, 7)));
    postTrades(written.get(0));
    long from = System.currentTimeMillis() - Duration.ofDays(2).toMillis();
    subscribeToAllTimeframes(from);
    client.subscribe(100, "trades", symbol, "");
    Set<Long> ids = new HashSet<>();
    ids.add(7L);
    for (int i = 0; i < 60; i++) {
      if (i % 10 == 5) {
        TestDatabase.shared().text(KILL_READERS);
      }
      write(random, written);
      postTrades(trade(System.currentTimeMillis(), 9, 5_000_000_000L + i));
      ids.add(5_000_000_000L + i);
    }
    client.awaitCandles(reader, symbol, TIMEFRAMES, from);
    assertThat(client.rows(100))
        .extracting(row -> row.getLong("id"))
        .doesNotHaveDuplicates()
        .containsAll(ids);
  }

  @Test
  void nothingIsMissedWhenTheListeningConnectionIsKilled() throws Exception {
    postTrades(trade(System.currentTimeMillis(), 5, 0));
    client.subscribe(1, "trades", symbol, "");
    for (int i = 1; i <= 5; i++) {
      TestDatabase.shared().text("select count(pg_terminate_backend(pid)) " + LISTENERS);
      postTrades(trade(System.currentTimeMillis(), 5, i));
      awaitRows(client, 1, i + 1);
    }
    assertThat(client.rows(1)).extracting(row -> row.getLong("id")).isSorted().hasSize(6);
  }

  @Test
  void findsACommitThatNobodyToldOf() {
    LiveInstance suspicious = new LiveInstance(LiveLimits.DEFAULT, Duration.ofMillis(100));
    postTrades(trade(System.currentTimeMillis(), 5, 1));
    LiveClient there = new LiveClient(suspicious);
    there.subscribe(1, "candles", symbol, ",\"timeframe\":\"1m\"");
    TestDatabase.shared().execute(COMMIT_UNTOLD.formatted(symbol));
    JsonObject update = there.await(message -> message.getString("t").equals("update"));
    assertThat(update.getJsonArray("rows").getJsonObject(0).getDouble("high")).isEqualTo(8);
    there.close();
    suspicious.close();
  }

  @Test
  void theDatabaseIsAskedNothingWhileNothingHappens() throws Exception {
    postTrades(trade(System.currentTimeMillis() - 7_200_000, 5, 1));
    client.subscribe(1, "candles", symbol, ",\"timeframe\":\"1m\"");
    String lastAsked = "";
    String before;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    do {
      before = lastAsked;
      Thread.sleep(1_000);
      lastAsked = TestDatabase.shared().text("select max(query_start) " + LISTENERS);
    } while (!lastAsked.equals(before) && System.nanoTime() < deadline);
    assertThat(lastAsked).isEqualTo(before);
  }

  @Test
  void tellsTheCloseOfACandleWithoutACommit() {
    long now = System.currentTimeMillis();
    postTrades(trade(now, 5, 1));
    client.subscribe(1, "candles", symbol, ",\"timeframe\":\"1s\"");
    long ts = now - now % 1_000;
    client.await(
        message ->
            message.containsKey("rows")
                && message.getJsonArray("rows").stream()
                    .map(JsonObject.class::cast)
                    .anyMatch(row -> row.getLong("ts") == ts && row.getBoolean("closed")));
    assertThat(System.currentTimeMillis()).isLessThan(ts + 5_000);
  }

  @Test
  void tellsAClosedCandleThatIsAmendedAfterItsRollUp() throws Exception {
    long ts = System.currentTimeMillis() / 60_000 * 60_000 - 600_000;
    postTrades(trade(ts, 5, 1));
    TestDatabase database = TestDatabase.shared();
    while (!database
        .text(
            "select count(*) from ingest.dirty where level = 60 and bucket < now() - interval '2 minutes'")
        .equals("0")) {
      Thread.sleep(100);
    }
    client.subscribe(1, "candles", symbol, ",\"timeframe\":\"1m\"");
    assertThat(client.candle(1, ts).getDouble("high")).isEqualTo(5);
    postTrades(trade(ts + 1, 8, 2));
    client.await(message -> message.getString("t").equals("update"));
    JsonObject amended = client.candle(1, ts);
    assertThat(amended.getDouble("high")).isEqualTo(8);
    assertThat(amended.getBoolean("closed")).isTrue();
  }

  @Test
  void tellsEachTradeOnceAndTheTradesOfOneStreamInOrder() throws Exception {
    postTrades(trade(System.currentTimeMillis(), 5, 0));
    int writers = 4;
    int each = 150;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    for (int w = 0; w < writers; w++) {
      int own = w;
      threads.execute(
          () -> {
            for (int i = 1; i <= each; i++) {
              // Now and then a trade that is there already, and one that is late.
              long ts = System.currentTimeMillis() - (i % 7 == 0 ? 90_000 : 0);
              JsonObject row = trade(ts, 5, own * 1_000L + i);
              (i % 2 == 0 ? writer : reader)
                  .post("trades", symbol, new JsonArray().add(row).add(row));
            }
          });
    }
    List<LiveClient> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      LiveClient one = new LiveClient(i % 2 == 0 ? reader : writer);
      one.subscribe(1, "trades", symbol, ",\"last\":10000");
      clients.add(one);
      Thread.sleep(50);
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    for (LiveClient one : clients) {
      awaitRows(one, 1, writers * each + 1);
      List<Long> ids = one.rows(1).stream().map(row -> row.getLong("id")).toList();
      assertThat(ids).doesNotHaveDuplicates().hasSize(writers * each + 1);
      one.close();
    }
  }

  private static void awaitRows(LiveClient client, long id, int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (client.rows(id).size() < count && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }

  @Test
  void tellsQuotesAsTheyAreCommitted() throws Exception {
    long now = System.currentTimeMillis();
    JsonObject quote = new JsonObject().put("ts", now).put("bid", 1.5).put("ask", 2);
    writer.post("quotes", symbol, new JsonArray().add(quote));
    client.subscribe(1, "quotes", symbol, ",\"unit\":\"iso\"");
    writer.post("quotes", symbol, new JsonArray().add(quote.copy().put("bid", 1.6)));
    awaitRows(client, 1, 2);
    assertThat(client.rows(1)).extracting(row -> row.getDouble("bid")).containsExactly(1.5, 1.6);
    assertThat(client.rows(1).get(0).getString("ts"))
        .isEqualTo(Instant.ofEpochMilli(now).toString());
  }

  @Test
  void tradesOfOneCommitterComeInTheOrderOfTheirCommits() throws Exception {
    postTrades(trade(System.currentTimeMillis(), 5, 0));
    client.subscribe(1, "trades", symbol, "");
    for (int i = 1; i <= 100; i++) {
      postTrades(trade(System.currentTimeMillis() - 10L * i, 5, i));
    }
    awaitRows(client, 1, 101);
    assertThat(client.rows(1)).extracting(row -> row.getLong("id")).isSorted().hasSize(101);
  }

  @Test
  void aDuplicateTellsNothing() throws Exception {
    JsonObject row = trade(System.currentTimeMillis(), 5, 1);
    postTrades(row);
    client.subscribe(1, "trades", symbol, "");
    assertThat(writer.post("trades", symbol, new JsonArray().add(row)).getLong("duplicates"))
        .isEqualTo(1);
    postTrades(trade(System.currentTimeMillis(), 6, 2));
    awaitRows(client, 1, 2);
    assertThat(client.rows(1)).extracting(r -> r.getLong("id")).containsExactly(1L, 2L);
  }

  @Test
  void tellsNothingAfterUnsubscribe() throws Exception {
    postTrades(trade(System.currentTimeMillis(), 5, 1));
    client.subscribe(1, "trades", symbol, "");
    client.subscribe(2, "trades", symbol, "");
    client.send("{\"t\":\"unsubscribe\",\"id\":1}");
    client.await(message -> message.getString("t").equals("unsubscribed"));
    postTrades(trade(System.currentTimeMillis(), 5, 2));
    awaitRows(client, 2, 2);
    assertThat(client.rows(1)).hasSize(1);
    client.subscribe(1, "candles", symbol, ",\"timeframe\":\"1m\"");
  }

  @Test
  void sendsSnapshotThenLiveThenUpdates() {
    postTrades(trade(System.currentTimeMillis(), 5, 1));
    client.subscribe(1, "candles", symbol, ",\"timeframe\":\"1Month\",\"last\":3");
    postTrades(trade(System.currentTimeMillis(), 6, 2));
    client.await(message -> message.getString("t").equals("update"));
    assertThat(client.messages())
        .extracting(message -> message.getString("t"))
        .startsWith("snapshot", "live", "update");
  }
}
