package dev.candlewick.server.binance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.NodeClients;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BinanceStreamsIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final String SUBSCRIBE =
      "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@trade\"],\"id\":1}";

  private static ServerProcess server;
  private static long id;

  @BeforeAll
  static void start() {
    DATABASE.clear();
    server = ServerProcess.on(DATABASE);
    trade(100);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void trade(double price) {
    String row =
        "{\"ts\":%d,\"price\":%s,\"size\":1,\"side\":\"sell\",\"id\":%d}"
            .formatted(Instant.now().toEpochMilli(), price, ++id);
    String body = "{\"venue\":\"binance\",\"symbol\":\"BTCUSDT\",\"rows\":[%s]}".formatted(row);
    assertThat(server.post("/v1/trades", body).statusCode()).isEqualTo(200);
  }

  private static StreamSocket open(String path) {
    return StreamSocket.open(server.url(), path);
  }

  private static StreamSocket subscribed(String path) {
    StreamSocket socket = open(path);
    assertThat(socket.ask(SUBSCRIBE).encode()).isEqualTo("{\"result\":null,\"id\":1}");
    return socket;
  }

  /** Trades until one is told: a subscription that is on its way is not told of earlier ones. */
  private static JsonObject firstTold(StreamSocket socket) {
    for (int i = 0; i < 50; i++) {
      trade(101);
      JsonObject told = socket.poll(Duration.ofMillis(400));
      if (told != null) {
        return told;
      }
    }
    throw new AssertionError("no event");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/ws/", "/ws/7", "/stream/ws", "/stream/ws/0"})
  void sendsBareEventsOfWhatIsSubscribedTo(String path) {
    try (StreamSocket socket = subscribed(path)) {
      JsonObject event = firstTold(socket);
      assertThat(event.getString("e")).isEqualTo("trade");
      assertThat(event.getString("s")).isEqualTo("BTCUSDT");
      assertThat(event.getString("p")).isEqualTo("101.00000000");
      assertThat(event.getBoolean("m")).isTrue();
    }
  }

  /** Behind many others, so that it takes a while until the stream is begun. */
  @RepeatedTest(3)
  void aTradeRightAfterTheAnswerIsNotMissed() {
    List<String> names = new ArrayList<>();
    for (String interval : "1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split(" ")) {
      names.add("btcusdt@kline_" + interval);
    }
    names.add("btcusdt@trade");
    JsonObject subscribe =
        new JsonObject().put("method", "SUBSCRIBE").put("params", names).put("id", 1);
    try (StreamSocket inPath = open("/ws/" + String.join("/", names));
        StreamSocket asked = open("/ws")) {
      trade(102);
      assertThat(nextTrade(inPath).getString("p")).isEqualTo("102.00000000");
      JsonObject answer = asked.ask(subscribe.encode());
      while (!answer.containsKey("result")) {
        answer = asked.next();
      }
      trade(103);
      assertThat(nextTrade(asked).getString("p")).isEqualTo("103.00000000");
    }
  }

  private static JsonObject nextTrade(StreamSocket socket) {
    JsonObject event = socket.next();
    while (!"trade".equals(event.getString("e"))) {
      event = socket.next();
    }
    return event;
  }

  @Test
  void sendsBareEventsOfTheStreamInThePath() {
    try (StreamSocket socket = open("/ws/btcusdt@trade")) {
      assertThat(firstTold(socket).getString("e")).isEqualTo("trade");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ws/btcusdt%40trade",
        "/ws/0/btcusdt@trade",
        "/stream/ws/btcusdt%40trade",
        "/ws/btcusdt@trade?timeUnit=MICROSECOND",
        "/ws/%E5%B8%81%E5%AE%89usdt@trade/btcusdt@trade",
        "/ws/btc%2Fusd%40trade/btcusdt%40trade"
      })
  void takesNamesHoweverTheyAreEncoded(String path) {
    otherSymbols();
    try (StreamSocket socket = open(path)) {
      JsonObject event = firstTold(socket);
      assertThat(event.getString("e")).isEqualTo("trade");
      long perMilli = path.contains("MICRO") ? 1_000 : 1;
      assertThat(event.getLong("T") / perMilli)
          .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "btcusdt@trade/btc/usd@aggTrade/%E5%B8%81%E5%AE%89usdt@kline_1m",
        "btcusdt%40trade%2Fbtc%2Fusd%40aggTrade%2F%E5%B8%81%E5%AE%89usdt%40kline_1m"
      })
  void takesCombinedNamesHoweverTheyAreEncoded(String streams) {
    otherSymbols();
    try (StreamSocket socket = open("/stream?streams=" + streams)) {
      JsonObject answer = socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}");
      while (!answer.containsKey("result")) {
        answer = socket.next();
      }
      assertThat(answer.getJsonArray("result"))
          .containsExactly("btcusdt@trade", "btc/usd@aggTrade", "币安usdt@kline_1m");
    }
  }

  private static void otherSymbols() {
    for (String symbol : List.of("币安USDT", "BTC/USD")) {
      String body =
          "{\"venue\":\"binance\",\"symbol\":\"%s\",\"rows\":[{\"ts\":%d,\"price\":1,\"size\":1}]}"
              .formatted(symbol, Instant.now().toEpochMilli());
      assertThat(server.post("/v1/trades", body).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void wrapsEventsOfCombinedStreams() {
    try (StreamSocket socket = open("/stream?streams=btcusdt@aggTrade/btcusdt@kline_1h")) {
      JsonObject kline = socket.next();
      assertThat(kline.getString("stream")).isEqualTo("btcusdt@kline_1h");
      JsonObject k = kline.getJsonObject("data").getJsonObject("k");
      assertThat(k.getBoolean("x")).isFalse();
      assertThat(k.getString("s")).isEqualTo("BTCUSDT");
      trade(101);
      assertThat(socket.next().getJsonObject("data")).isNotNull();
    }
  }

  @Test
  void listsAndEndsSubscriptions() {
    try (StreamSocket socket = subscribed("/ws")) {
      assertThat(socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":\"a\"}"))
          .isEqualTo(
              new JsonObject().put("result", new JsonArray().add("btcusdt@trade")).put("id", "a"));
      socket.ask(SUBSCRIBE.replace("SUBSCRIBE", "UNSUBSCRIBE"));
      assertThat(socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}").getJsonArray("result"))
          .isEmpty();
      trade(102);
      assertThat(socket.poll(Duration.ofMillis(600))).isNull();
    }
  }

  @Test
  void turnsTheEnvelopeOnAndOff() {
    try (StreamSocket socket = open("/stream")) {
      String get = "{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\"],\"id\":1}";
      assertThat(socket.ask(get).getBoolean("result")).isTrue();
      socket.ask("{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",false],\"id\":2}");
      assertThat(socket.ask(get).getBoolean("result")).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'method':'SUBSCRIBE','params':['nope@trade'],'id':1}|2|Invalid request: unknown symbol"
            + " nope|1",
        "{'method':'SUBSCRIBE','params':['btcusdt@trade','x@y'],'id':1}|2|Invalid request: unknown"
            + " stream, it must be like btcusdt@trade or btcusdt@kline_1m|1",
        "{'method':'SUBSCRIBE','params':['btcusdt@kline_7m'],'id':1}|2|Invalid request: Invalid"
            + " interval.|1",
        "{'method':'SUBSCRIBE','params':['btcusdt@kline_1d@+08:00'],'id':1}|2|Invalid request:"
            + " klines of this interval are streamed in UTC only|1",
        "{'method':'BUY','id':1}|2|Invalid request: unknown method, expected one of SUBSCRIBE,"
            + " UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY, GET_PROPERTY|1",
        "{'method':'SUBSCRIBE','params':[],'id':1.5}|2|Invalid request: request ID must be an"
            + " unsigned integer|",
        "{'method':'GET_PROPERTY','params':['speed'],'id':1}|0|Unknown property|1",
        "{'method':'SUBSCRIBE','params':'btcusdt@trade','id':1}|2|Invalid request: params must be"
            + " an array|1",
        "{'method':'SUBSCRIBE','id':1}|2|Invalid request: params must hold stream names|1",
        "{'method':'SUBSCRIBE','params':[],'id':1}|2|Invalid request: params must hold stream"
            + " names|1",
        "{'method':'SUBSCRIBE','params':[1],'id':1}|2|Invalid request: params must hold stream"
            + " names|1",
        "{'method':'SUBSCRIBE','params':[true],'id':1}|2|Invalid request: params must hold stream"
            + " names|1",
        "{'method':'UNSUBSCRIBE','params':['btcusdt@trad'],'id':1}|2|Invalid request: unknown"
            + " stream, it must be like btcusdt@trade or btcusdt@kline_1m|1",
        "{'method':'UNSUBSCRIBE','id':1}|2|Invalid request: params must hold stream names|1",
        "{'method':'subscribe','params':['btcusdt@trade'],'id':1}|2|Invalid request: unknown"
            + " method, expected one of SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY,"
            + " GET_PROPERTY|1",
        "{'params':['btcusdt@trade'],'id':1}|2|Invalid request: missing field `method`|1",
        "{'method':7,'id':1}|2|Invalid request: method must be a string|1",
        "{'method':'SUBSCRIBE','parms':['btcusdt@trade'],'id':1}|2|Invalid request: unknown field"
            + " `parms`|1",
        "{'method':'LIST_SUBSCRIPTIONS','params':['x'],'id':1}|2|Invalid request: too many"
            + " parameters|1",
        "{'method':'SET_PROPERTY','params':['combined'],'id':1}|1|Invalid value type: expected"
            + " Boolean|1",
        "{'method':'SET_PROPERTY','params':['combined','true'],'id':1}|1|Invalid value type:"
            + " expected Boolean|1",
        "{'method':'SET_PROPERTY','params':[true],'id':1}|2|Invalid request: property name must be"
            + " a string|1",
        "{'method':'GET_PROPERTY','params':['combined',true],'id':1}|2|Invalid request: too many"
            + " parameters|1",
        "{'method':'LIST_SUBSCRIPTIONS','id':-1}|2|Invalid request: request ID must be an unsigned"
            + " integer|",
        "{'method':'LIST_SUBSCRIPTIONS','id':1}{}|3|Invalid JSON: unexpected text after the"
            + " object|",
        "{'method':'LIST_SUBSCRIPTIONS','method':'X'}|3|Invalid JSON: not JSON at byte 39:"
            + " duplicate field method|",
        "[]|3|Invalid JSON: an object is required|",
      })
  void refusesInBinancesWords(String message, int code, String text, Integer id) {
    try (StreamSocket socket = open("/ws")) {
      assertThat(socket.ask(message.replace('\'', '"')))
          .isEqualTo(new JsonObject().put("code", code).put("msg", text).put("id", id));
      assertThat(socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}").getJsonArray("result"))
          .isEmpty();
    }
  }

  @Test
  void closesWhereTheStreamInThePathIsUnknown() {
    try (StreamSocket socket = open("/ws/nope@trade")) {
      assertThat(socket.next().getInteger("code")).isEqualTo(2);
      assertThat(socket.closeCode()).isEqualTo(1008);
    }
  }

  @Test
  void tellsThatTheServerStops() {
    try (ServerProcess stopping = ServerProcess.on(DATABASE);
        StreamSocket socket = StreamSocket.open(stopping.url(), "/ws")) {
      socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}");
      stopping.terminate();
      assertThat(socket.next().getString("e")).isEqualTo("serverShutdown");
      assertThat(socket.closeCode()).isEqualTo(1001);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ccxt-streams.js", "binance-api-node-streams.js"})
  void streamsToUnmodifiedClients(String script) {
    NodeClients.install();
    NodeClients.run(script, server.url().toString());
  }
}
