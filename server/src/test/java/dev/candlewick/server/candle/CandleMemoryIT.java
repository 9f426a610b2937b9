package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An instance that answers from memory beside one that does not and takes the writes: whatever was
 * written there, both answer with the same bytes. {@code -Dcandlewick.memory.queries=100000} asks
 * more often.
 */
class CandleMemoryIT {
  private static final int QUERIES = Integer.getInteger("candlewick.memory.queries", 300);
  private static final long MINUTE = 60_000;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);
  private static final String SESSION = "America/New_York 09:30-16:00";
  private static final List<String> SYMBOLS = List.of("A", "B", "C");
  private static final List<String> TIMEFRAMES =
      List.of("1s", "30s", "1m", "1m", "1m", "5m", "7m", "15m", "1h", "4h", "1d", "1w", "1M");

  private static final List<String> INDICATORS =
      List.of("rsi(14),ema(20),macd(12,26,9),bbands(20,2),atr(14)", "sma(3)", "obv,vwap,psar");

  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static RunningServer remembers;
  private static RunningServer reads;

  private final long start = System.currentTimeMillis();
  private final Random random = new Random(start);
  private final List<JsonObject> trades = new ArrayList<>();

  @BeforeAll
  static void start() {
    DATABASE.clear();
    reads = RunningServer.with(Map.of("MEMORY_BYTES", "0"));
    remembers = RunningServer.with(Map.of("MEMORY_BYTES", "4000000"));
  }

  @AfterAll
  static void stop() {
    remembers.close();
    reads.close();
  }

  private static void post(String what, String symbol, String timeframe, JsonArray rows) {
    JsonObject body = new JsonObject().put("venue", "v").put("symbol", symbol).put("rows", rows);
    if (!timeframe.isEmpty()) {
      body.put("timeframe", timeframe);
    }
    HttpResponse<String> answer =
        reads.send(
            "POST",
            "/v1/" + what + "?on_error=skip",
            body.encode(),
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
  }

  private static JsonObject trade(long ts, double price, Object id) {
    return new JsonObject().put("ts", ts).put("price", price).put("size", 0.5).put("id", id);
  }

  @Test
  void aSymbolOfAllVenuesIsAlsoThatOfANewOne() {
    String path = "/v1/latest?symbol=EVERYWHERE";
    for (String venue : List.of("v", "w", "x")) {
      JsonObject body =
          new JsonObject()
              .put("venue", venue)
              .put("symbol", "EVERYWHERE")
              .put("rows", new JsonArray().add(trade(System.currentTimeMillis(), 1, 1)));
      reads.send("POST", "/v1/trades", body.encode(), "Content-Type", "application/json");
      remembers.send("GET", path, "");
      assertThat(remembers.send("GET", path, "").body())
          .isEqualTo(reads.send("GET", path, "").body())
          .contains("\"" + venue + "\"");
    }
  }

  /** Most are of late, some are late, few are old. */
  private long someTime() {
    long now = System.currentTimeMillis();
    return switch (random.nextInt(8)) {
      case 0 -> now - random.nextLong(60 * DAY);
      case 1, 2 -> now - random.nextLong(2 * DAY);
      case 3, 4 -> now - random.nextLong(30 * MINUTE);
      case 5 -> now + random.nextLong(DAY / 2);
      default -> now - random.nextLong(MINUTE);
    };
  }

  private void load() {
    for (String symbol : SYMBOLS) {
      JsonArray rows = new JsonArray();
      for (int i = 0; i < 4_000; i++) {
        rows.add(
            trade(start - random.nextLong(i < 3_000 ? DAY : 60 * DAY), 1 + random.nextInt(99), i));
      }
      post("trades", symbol, "", rows);
      String body = new JsonObject().put("session", SESSION).encode();
      reads.send("PUT", "/v1/instruments/v/" + symbol, body, "Content-Type", "application/json");
    }
  }

  private void write() {
    String symbol = SYMBOLS.get(random.nextInt(SYMBOLS.size()));
    long ts = someTime();
    double price = 1 + random.nextInt(99);
    switch (random.nextInt(12)) {
      case 0, 1 -> amend();
      case 2 -> post("candles", symbol, "1m", candle(ts - ts % MINUTE, price));
      case 3 -> post("candles", symbol, "1h", candle(ts - ts % (60 * MINUTE), price));
      case 4 -> post("candles", symbol, "1s", candle(ts - ts % 1_000, price));
      case 5 -> {
        long days = 20 + random.nextInt(60);
        drop(random.nextBoolean() ? "candles_1m" : "trades", days);
      }
      case 6 -> post("quotes", symbol, "", new JsonArray().add(quote(ts, price)));
      default -> {
        JsonArray rows = new JsonArray();
        for (int i = random.nextInt(3); i >= 0; i--) {
          long at = i == 0 ? ts : someTime();
          JsonObject row = trade(at, price, random.nextBoolean() ? "t" + at : (Object) at);
          trades.add(row.copy().put("symbol", symbol));
          rows.add(row);
        }
        post("trades", symbol, "", rows);
      }
    }
  }

  /** Not by the hand that rolls up, as servers do it, so that the two may stop each other. */
  private static void drop(String relation, long days) {
    try {
      DATABASE.execute(
          "select ingest.drop_old_chunks('market.%s', interval '%d days')"
              .formatted(relation, days));
    } catch (IllegalStateException e) {
      if (!String.valueOf(e.getCause()).contains("deadlock detected")) {
        throw e;
      }
    }
  }

  private void amend() {
    if (!trades.isEmpty()) {
      JsonObject known = trades.get(random.nextInt(trades.size())).copy();
      String symbol = (String) known.remove("symbol");
      JsonObject row =
          random.nextBoolean()
              ? known.put("price", 200 + random.nextInt(99)).put("action", "correct")
              : trade(known.getLong("ts"), 0, known.getValue("id"));
      if (!row.containsKey("action")) {
        row.put("action", "cancel").remove("price");
        row.remove("size");
      }
      post("trades", symbol, "", new JsonArray().add(row));
    }
  }

  private static JsonObject quote(long ts, double bid) {
    return new JsonObject()
        .put("ts", ts)
        .put("bid", bid)
        .put("bid_size", 1)
        .put("ask", bid + 1)
        .put("ask_size", 1);
  }

  private JsonArray candle(long ts, double price) {
    return new JsonArray()
        .add(
            new JsonObject()
                .put("ts", ts)
                .put("open", price)
                .put("high", price + 1)
                .put("low", price - 1)
                .put("close", price)
                .put("volume", 1)
                .put("closed", random.nextInt(4) > 0));
  }

  private String query() {
    if (random.nextInt(8) == 0) {
      return "/v1/latest?venue=v&symbol=" + List.of("A", "A,B", "A,B,C").get(random.nextInt(3));
    }
    // Indicators are asked of few series, so that different questions are about the same one.
    boolean computed = random.nextInt(3) == 0;
    List<String> timeframes = computed ? List.of("1m", "1m", "1h") : TIMEFRAMES;
    String timeframe = timeframes.get(random.nextInt(timeframes.size()));
    StringBuilder query = new StringBuilder(computed ? "/v1/indicators" : "/v1/candles");
    query
        .append("?venue=v&symbol=")
        .append(SYMBOLS.get(random.nextInt(computed ? 1 : SYMBOLS.size())))
        .append("&timeframe=")
        .append(timeframe);
    if (computed) {
      query.append("&indicators=").append(INDICATORS.get(random.nextInt(INDICATORS.size())));
    }
    query.append("&limit=").append(List.of(3, 100, 500, 1_000).get(random.nextInt(4)));
    long from = start - (long) (Math.pow(random.nextDouble(), 3) * 50 * DAY);
    switch (random.nextInt(4)) {
      case 0 -> query.append("&from=").append(from);
      case 1 -> query.append("&from=").append(from).append("&to=").append(from + DAY);
      case 2 -> query.append(random.nextInt(4) > 0 ? "" : "&to=" + from);
      default -> {}
    }
    query.append(random.nextInt(4) > 0 ? "" : "&order=desc");
    query.append(random.nextInt(computed ? 2 : 4) > 0 ? "" : "&state=closed");
    query.append(random.nextInt(8) > 0 ? "" : "&unit=iso");
    if (timeframe.endsWith("d") || timeframe.endsWith("w")) {
      query.append(List.of("", "&tz=session", "&tz=Asia/Kolkata").get(random.nextInt(3)));
    }
    return query.toString();
  }

  private static String body(RunningServer server, String query) {
    HttpResponse<String> answer = server.send("GET", query, "");
    assertThat(answer.statusCode()).as("%s: %s", query, answer.body()).isEqualTo(200);
    return answer.body();
  }

  /** Compares, and the pages that follow too; whether a candle closed between two readings. */
  private static void assertSame(String query) {
    String expected = body(reads, query);
    String told = body(remembers, query);
    if (!told.equals(expected)) {
      String again = body(reads, query);
      if (again.equals(expected)) {
        assertThat(told).as(query).isEqualTo(expected);
      }
      assertSame(query);
    }
  }

  private void check(String query) {
    assertSame(query);
    String next = new JsonObject(body(remembers, query)).getString("next_cursor");
    if (next != null && random.nextInt(4) == 0) {
      assertSame(query + "&cursor=" + next);
    }
  }

  @Test
  void answersWhatTheDatabaseHoldsWhoeverWroteIt() {
    System.out.println("seed " + start);
    load();
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      queries.add(query());
    }
    for (int i = 0; i < QUERIES; i++) {
      while (random.nextInt(3) == 0) {
        write();
      }
      if (random.nextInt(10) == 0) {
        queries.set(random.nextInt(queries.size()), query());
      }
      String query = queries.get(random.nextInt(queries.size()));
      if (random.nextInt(3) == 0) {
        // Surely kept, and no other request asks what has changed before this one does again.
        body(remembers, query);
        write();
      }
      check(query);
    }
    String metrics = body(remembers, "/metrics");
    for (String part : List.of("all", "some", "none")) {
      assertThat(count(metrics, part)).as(part).isGreaterThan(QUERIES / 20.0);
    }
  }

  /** A candle that its venue never closed counts where all are asked for, and only there. */
  @Test
  void indicatorsOfClosedCandlesAndOfAllAreKeptApart() {
    long first = start - start % MINUTE - 60 * MINUTE;
    for (int i = 0; i < 50; i++) {
      JsonArray rows = candle(first + i * MINUTE, 10 + i * i % 17);
      rows.getJsonObject(0).put("closed", i != 20);
      post("candles", "OPEN", "1m", rows);
    }
    String query = "/v1/indicators?venue=v&symbol=OPEN&timeframe=1m&indicators=sma(3),ema(5)";
    for (String more : List.of("", "&limit=20", "&limit=30&order=desc")) {
      for (int i = 0; i < 2; i++) {
        assertSame(query + more);
        assertSame(query + more + "&state=closed");
      }
    }
    assertThat(body(remembers, query)).contains("\"closed\":false");
  }

  /** Committed by hand, as another instance would. */
  @Test
  void aCommitThatBeganBeforeManyQuestionsIsSeen() throws Exception {
    long ts = start - start % MINUTE - 10 * MINUTE;
    post("trades", "SLOW", "", new JsonArray().add(trade(ts, 5, 1)));
    String query = "/v1/candles?venue=v&symbol=SLOW&timeframe=1m";
    try (Connection writer = DATABASE.connect();
        Statement write = writer.createStatement()) {
      writer.setAutoCommit(false);
      write.execute(
          """
          with its as (select id from market.instruments where symbol = 'SLOW'),
          traded as (
            insert into market.trades select id, to_timestamp(%1$d / 1000.0), 2, 9, 1, 1, 0 from its),
          marked as (
            insert into ingest.dirty (level, bucket, ids)
            select 60, to_timestamp(%1$d / 1000.0), array[id] from its)
          insert into ingest.changes (ids, kinds, keys, oldest)
          select array[id], array[1::smallint], array[''::bytea], array[%1$d * 1000] from its
          """
              .formatted(ts));
      for (int i = 0; i < 5; i++) {
        DATABASE.execute("insert into ingest.changes (ids, kinds, keys) values ('{}', '{}', '{}')");
        assertSame(query);
      }
      writer.commit();
    }
    assertThat(body(remembers, query)).contains("\"high\":9");
    assertSame(query);
  }

  @Test
  void candlesThatRetentionDeletesAreGone() {
    long ts = start - start % (60 * MINUTE) - 60 * MINUTE;
    post("candles", "KEPT", "1h", candle(ts, 5));
    String query = "/v1/candles?venue=v&symbol=KEPT&timeframe=1h";
    for (int i = 0; i < 3; i++) {
      assertSame(query);
    }
    DATABASE.execute(
        """
        delete from market.candles_native
        where instrument_id = (select id from market.instruments where symbol = 'KEPT')
        """);
    assertThat(body(remembers, query)).contains("\"candles\":[]");
  }

  @Test
  void anotherDatabaseUnderTheSameNameIsNotTakenForTheOneThatWasRead() {
    long ts = start - start % MINUTE - 10 * MINUTE;
    post("candles", "OTHER", "1m", candle(ts, 5));
    // The roll-up tells of the candle once more, and what is kept is then read again.
    ServerProcess.await(
        "the minute is rolled up",
        Duration.ofSeconds(60),
        () ->
            DATABASE.number(
                    "select count(*) from ingest.dirty d join market.instruments i"
                        + " on i.id = any (d.ids) where i.symbol = 'OTHER' and d.level <= 60")
                == 0);
    String query = "/v1/candles?venue=v&symbol=OTHER&timeframe=1m&limit=7";
    for (int i = 0; i < 3; i++) {
      assertSame(query);
    }
    String kept = body(remembers, query);
    DATABASE.execute(
        """
        update market.candles_1m c set volume = 77 from market.instruments i
        where i.id = c.instrument_id and i.symbol = 'OTHER'
        """);
    assertThat(body(remembers, query)).as("changed behind the server's back").isEqualTo(kept);
    DATABASE.execute(
        """
        alter table ingest.changes rename to changes_before;
        create table ingest.changes (like ingest.changes_before including all);
        drop table ingest.changes_before
        """);
    assertThat(body(remembers, query)).contains("\"volume\":77");
    assertSame(query);
  }

  private static double count(String metrics, String part) {
    String meter = "candlewick_memory_answers_total{part=\"" + part + "\"} ";
    return metrics
        .lines()
        .filter(line -> line.startsWith(meter))
        .mapToDouble(line -> Double.parseDouble(line.substring(meter.length())))
        .sum();
  }
}
