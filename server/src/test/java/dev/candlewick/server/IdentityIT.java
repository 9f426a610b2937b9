package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.trade;
import static dev.candlewick.server.Messages.trades;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What makes two rows the same row, and what comes back of a trade and a quote. */
class IdentityIT {
  private static ServerProcess server;

  private String stream;
  private String symbol;

  @BeforeAll
  static void start() {
    server = ServerProcess.on(TestDatabase.empty());
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

  private JsonArray read(String what) {
    String path = "/v1/%s?venue=binance&symbol=%s&from=%d".formatted(what, symbol, HOUR_AGO);
    return server.json(path).getJsonArray(what);
  }

  private JsonObject send(long seq, JsonObject... rows) {
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(trades(seq, symbol, List.of(rows)));
      return feed.ackOf(seq);
    }
  }

  private List<Object> ids() {
    return read("trades").stream().map(row -> ((JsonObject) row).getValue("id")).toList();
  }

  @Test
  void keepsAnIntegerIdAndTellsItAsAStringBeyondWhatADoubleHolds() {
    send(
        1,
        trade(HOUR_AGO, 1, 1, 0),
        trade(HOUR_AGO, 1, 1, 9_007_199_254_740_992L),
        trade(HOUR_AGO, 1, 1, 9_007_199_254_740_993L),
        trade(HOUR_AGO, 1, 1, Long.MAX_VALUE));
    assertThat(ids().get(0)).isEqualTo(0);
    assertThat(ids().subList(2, 4))
        .containsExactly("9007199254740993", Long.toString(Long.MAX_VALUE));
  }

  @Test
  void digitsInAStringAreTheSameId() {
    JsonObject ack = send(1, trade(HOUR_AGO, 1, 1, 42), trade(HOUR_AGO, 1, 1, "42"));
    assertThat(ack.getLong("duplicates")).isEqualTo(1);
    assertThat(ids()).containsExactly(42);
  }

  @Test
  void digitsWithALeadingZeroAreAnotherId() {
    send(1, trade(HOUR_AGO, 1, 1, 42), trade(HOUR_AGO, 1, 1, "042"));
    assertThat(ids()).hasSize(2);
  }

  @Test
  void aTextIdIsTheSameAsItsHash() {
    send(1, trade(HOUR_AGO, 1, 1, "0xdeadbeef"), trade(HOUR_AGO, 1, 1, "b8d-91"));
    // SHA-256 of "b8d-91", the first eight bytes.
    JsonObject again =
        send(
            2,
            trade(HOUR_AGO, 1, 1, "b8d-91"),
            trade(HOUR_AGO, 1, 1, "h:" + sha256("b8d-91")),
            trade(HOUR_AGO, 1, 1, "h:0123456789abcdef"));
    assertThat(again.getLong("duplicates")).isEqualTo(2);
    assertThat(ids()).containsExactly("0xdeadbeef", "b8d-91", "h:0123456789abcdef");
  }

  @Test
  void aTextIdComesBackAsItWasSent() {
    String[] sent = {
      "b4de6ba8-1b5d-b2c5-bf1b-b4f0e0c0f5a1",
      "007",
      "+5",
      "-0",
      "1.50",
      " ",
      "=cmd|' /C calc'!A0",
      "\u5e01\u5b89 \"quoted\", \\ and , comma",
      "\ud83d\ude00".repeat(64),
      "18446744073709551616",
      "-9223372036854775809",
      " 5",
      "5 ",
      "'=1",
      "\t7",
      "x\u0000y"
    };
    JsonObject[] rows = new JsonObject[sent.length];
    for (int i = 0; i < sent.length; i++) {
      rows[i] = trade(HOUR_AGO, 1, 1, sent[i]);
    }
    assertThat(send(1, rows).getJsonArray("rejected")).isEmpty();
    assertThat(ids()).containsExactly((Object[]) sent);
    assertThat(send(2, rows).getLong("duplicates")).isEqualTo(sent.length);
    String query = "?venue=binance&symbol=" + symbol;
    String csv = server.get("/v1/trades" + query + "&format=csv&from=" + HOUR_AGO).body();
    byte[] bytes = csv.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(server.post("/v1/trades" + query, "text/csv", bytes).body())
        .contains("\"inserted\":0,\"duplicates\":" + sent.length);
    assertThat(ids()).containsExactly((Object[]) sent);
  }

  @Test
  void anIntegerIdOfUpTo64BitsComesBackAndCountsByNumber() {
    send(
        1,
        trade(HOUR_AGO, 1, 1, "text"),
        trade(HOUR_AGO, 1, 1),
        trade(HOUR_AGO, 1, 1, "18446744073709551615"),
        trade(HOUR_AGO, 1, 1, "9223372036854775808"),
        trade(HOUR_AGO, 1, 1, Long.MAX_VALUE),
        trade(HOUR_AGO, 1, 1, -7),
        trade(HOUR_AGO, 1, 1, 3.0));
    Object[] inOrder = {
      -7, 3, "9223372036854775807", "9223372036854775808", "18446744073709551615", "text", null
    };
    assertThat(ids()).containsExactly(inOrder);
    JsonArray none = new JsonArray();
    JsonObject page = page("");
    for (int i = 0; i < inOrder.length; i++) {
      none.add(page.getJsonArray("trades").getJsonObject(0).getValue("id"));
      String cursor = page.getString("next_cursor");
      assertThat(cursor == null).isEqualTo(i == inOrder.length - 1);
      page = cursor == null ? page : page("&cursor=" + cursor);
    }
    assertThat(none.getList()).isEqualTo(java.util.Arrays.asList(inOrder));
  }

  @Test
  void integersThatHaveTheSameBitsAreTwoIds() {
    Object[] inOrder = {
      Long.toString(Long.MIN_VALUE),
      -2,
      -1,
      "9223372036854775808",
      "18446744073709551614",
      "18446744073709551615"
    };
    JsonObject[] rows = new JsonObject[inOrder.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = trade(HOUR_AGO, i + 1, 1, inOrder[(i + 4) % rows.length]);
    }
    assertThat(send(1, rows).getLong("duplicates")).isZero();
    assertThat(ids()).containsExactly(inOrder);
    assertThat(send(2, rows).getLong("duplicates")).isEqualTo(rows.length);
    String candles =
        "/v1/candles?venue=binance&symbol=%s&timeframe=1m&from=%d".formatted(symbol, HOUR_AGO);
    JsonObject candle = server.json(candles).getJsonArray("candles").getJsonObject(0);
    assertThat(candle.getInteger("open")).isEqualTo(3);
    assertThat(candle.getInteger("close")).isEqualTo(2);
    JsonObject cancel = new JsonObject().put("ts", HOUR_AGO).put("action", "cancel");
    send(3, cancel.copy().put("id", "18446744073709551615"), cancel.copy().put("id", -2));
    assertThat(ids()).containsExactly(inOrder[0], inOrder[2], inOrder[3], inOrder[4]);
  }

  private JsonObject page(String more) {
    return server.json(
        "/v1/trades?venue=binance&symbol=%s&from=%d&limit=1%s".formatted(symbol, HOUR_AGO, more));
  }

  @Test
  void whatHasNoNumberIsInTheOrderInWhichItWasTaken() {
    send(1, trade(HOUR_AGO, 10, 1, "z"), trade(HOUR_AGO, 20, 1), trade(HOUR_AGO, 30, 1, "a"));
    // Acked before this is sent, over another way.
    server.post("/v1/trades", Messages.body(symbol, trade(HOUR_AGO, 40, 1, "m")));
    send(2, trade(HOUR_AGO, 50, 1), trade(HOUR_AGO, 10, 1, "z"), trade(HOUR_AGO, 5, 1, 999));
    server.post(
        "/v1/trades",
        Messages.body(symbol, trade(HOUR_AGO, 40, 1, "m"), trade(HOUR_AGO, 60, 1, "b")));
    List<Object> prices =
        read("trades").stream().map(row -> ((JsonObject) row).getValue("price")).toList();
    assertThat(prices).containsExactly(5, 10, 20, 30, 40, 50, 60);
    String path =
        "/v1/candles?venue=binance&symbol=%s&timeframe=1m&from=%d".formatted(symbol, HOUR_AGO);
    JsonObject candle = server.json(path).getJsonArray("candles").getJsonObject(0);
    assertThat(candle.getInteger("open")).isEqualTo(5);
    assertThat(candle.getInteger("close")).isEqualTo(60);
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          java.security.MessageDigest.getInstance("SHA-256")
              .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return java.util.HexFormat.of().formatHex(digest, 0, 8);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void equalTradesWithoutIdInOneMessageAreAsManyTrades() {
    JsonObject ack = send(1, trade(HOUR_AGO, 5, 1), trade(HOUR_AGO, 5, 1), trade(HOUR_AGO, 5, 1));
    assertThat(ack.getLong("duplicates")).isZero();
    assertThat(ids()).hasSize(3).allMatch(id -> id == null);
  }

  @Test
  void equalTradesWithoutIdInTwoMessagesAreTwoTrades() {
    send(1, trade(HOUR_AGO, 5, 1));
    send(2, trade(HOUR_AGO, 5, 1));
    assertThat(ids()).hasSize(2);
  }

  @Test
  void tradesThatDifferInNothingButTheIdAreTwo() {
    send(1, trade(HOUR_AGO, 5, 1, 1), trade(HOUR_AGO, 5, 1, 2));
    assertThat(ids()).containsExactly(1, 2);
  }

  @Test
  void theSameIdAtAnotherTimeIsAnotherTrade() {
    send(1, trade(HOUR_AGO, 5, 1, 1), trade(HOUR_AGO + 1, 5, 1, 1));
    assertThat(ids()).containsExactly(1, 1);
  }

  @Test
  void theSameIdOfAnotherSymbolIsAnotherTrade() {
    JsonObject ack =
        send(
            1,
            trade(HOUR_AGO, 5, 1, 1),
            trade(HOUR_AGO, 5, 1, 1).put("symbol", symbol + "2"),
            trade(HOUR_AGO, 5, 1, 1).put("venue", "kraken"));
    assertThat(ack.getLong("duplicates")).isZero();
  }

  @Test
  void restTradesWithoutIdAreNewOnEveryRequest() {
    String body = Messages.body(symbol, trade(HOUR_AGO, 5, 1));
    for (int i = 0; i < 3; i++) {
      JsonObject answer = new JsonObject(server.post("/v1/trades", body).body());
      assertThat(answer.getInteger("inserted")).isEqualTo(1);
    }
    assertThat(ids()).hasSize(3);
  }

  @Test
  void restTradesWithIdAreDuplicatesTheSecondTime() {
    String body = Messages.body(symbol, trade(HOUR_AGO, 5, 1, 7), trade(HOUR_AGO, 6, 1, 8));
    server.post("/v1/trades", body);
    JsonObject answer = new JsonObject(server.post("/v1/trades", body).body());
    assertThat(answer.getInteger("rows")).isEqualTo(2);
    assertThat(answer.getInteger("duplicates")).isEqualTo(2);
    assertThat(answer.getInteger("inserted")).isZero();
    assertThat(ids()).containsExactly(7, 8);
  }

  @Test
  void givesBackSideAndFlags() {
    send(
        1,
        trade(HOUR_AGO, 1, 1, 1).put("side", "buy"),
        trade(HOUR_AGO, 1, 1, 2).put("side", "sell").put("flags", new JsonArray().add("no_price")),
        trade(HOUR_AGO, 1, 1, 3).put("flags", new JsonArray().add("no_volume").add("no_price")),
        trade(HOUR_AGO, -37.63, 0, 4));
    JsonArray rows = read("trades");
    assertThat(rows.getJsonObject(0).getString("side")).isEqualTo("buy");
    assertThat(rows.getJsonObject(1).getString("side")).isEqualTo("sell");
    assertThat(rows.getJsonObject(1).getJsonArray("flags")).containsExactly("no_price");
    assertThat(rows.getJsonObject(2).getJsonArray("flags"))
        .containsExactlyInAnyOrder("no_price", "no_volume");
    assertThat(rows.getJsonObject(2).getString("side")).isNull();
    assertThat(rows.getJsonObject(3).getDouble("price")).isEqualTo(-37.63);
    assertThat(rows.getJsonObject(3).getDouble("size")).isZero();
  }

  @Test
  void quotesMayLackASideButNotBoth() {
    try (IngestSocket feed = server.feed(stream)) {
      List<JsonObject> quotes =
          List.of(
              quote().put("bid", 1.5).put("bid_size", 2).put("ask", 1.6).put("ask_size", 3),
              quote().put("bid", 1.5).putNull("ask"),
              quote().put("ask", 1.6).put("last", 1.55).put("volume_24h", 1e6),
              quote().putNull("bid").putNull("ask"),
              quote().put("last", 1.5));
      feed.say(Messages.message("quotes", 1, symbol, quotes).encode());
      JsonArray rejected = feed.ackOf(1).getJsonArray("rejected");
      assertThat(rejected).hasSize(2);
      assertThat(rejected.getJsonObject(0).getInteger("index")).isEqualTo(3);
      assertThat(rejected.getJsonObject(0).getString("code")).isEqualTo("missing_field");
    }
    JsonArray rows = read("quotes");
    assertThat(rows).hasSize(3);
    assertThat(rows.getJsonObject(0).getDouble("ask_size")).isEqualTo(3);
    assertThat(rows.getJsonObject(1).getValue("ask")).isNull();
    assertThat(rows.getJsonObject(2).getDouble("volume_24h")).isEqualTo(1e6);
  }

  @Test
  void equalQuotesInOneMessageAreAllKept() {
    try (IngestSocket feed = server.feed(stream)) {
      List<JsonObject> quotes = List.of(quote().put("bid", 1), quote().put("bid", 1));
      feed.say(Messages.message("quotes", 1, symbol, quotes).encode());
      assertThat(feed.ackOf(1).getLong("duplicates")).isZero();
    }
    assertThat(read("quotes")).hasSize(2);
  }

  private static JsonObject quote() {
    return new JsonObject().put("ts", HOUR_AGO);
  }
}
