package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that ask what cannot be, or do not read. */
class LiveClientsIT {
  private static final String SYMBOL = "CLIENTS";

  private static LiveInstance server;

  private LiveClient client;

  @BeforeAll
  static void start() {
    server =
        new LiveInstance(
            new LiveLimits(65_536, 3, 10_000, Duration.ofSeconds(60), Duration.ofSeconds(20)));
    server.post("trades", SYMBOL, new JsonArray().add(trade(System.currentTimeMillis())));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void connect() {
    client = new LiveClient(server);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private static JsonObject trade(long ts) {
    return new JsonObject().put("ts", ts).put("price", ts % 1_000).put("size", 1);
  }

  private static JsonObject candle(long ts, double price) {
    return new JsonObject()
        .put("ts", ts)
        .put("timeframe", "1s")
        .put("open", price)
        .put("high", price)
        .put("low", price)
        .put("close", price)
        .put("volume", 1);
  }

  @ParameterizedTest
  @MethodSource("wrongMessages")
  void tellsWhatIsWrongAndStaysOpen(String message, String code, String detail) {
    client.send(message.replace('\'', '"'));
    JsonObject error = client.await(told -> told.getString("t").equals("error"));
    assertThat(error.getString("code")).isEqualTo(code);
    assertThat(error.getString("detail")).startsWith(detail);
    if (message.contains("'id':4,")) {
      assertThat(error.getLong("id")).isEqualTo(4);
    }
    client.subscribe(5, "trades", SYMBOL, "");
  }

  static Stream<Arguments> wrongMessages() {
    String candles =
        "{'t':'subscribe','id':4,'channel':'candles','venue':'test','symbol':'CLIENTS'";
    return Stream.of(
        Arguments.of("{}", "bad_parameter", "t:"),
        Arguments.of("{'t':'subscribe'}", "bad_parameter", "id"),
        Arguments.of("{'id':4,'t':'hello'}", "bad_parameter", "t:"),
        Arguments.of("{'id':'4','t':'subscribe'}", "bad_parameter", "id"),
        Arguments.of("{'id':null,'t':'subscribe'}", "bad_parameter", "id: must be an integer"),
        Arguments.of("{'t':'hello'}", "bad_parameter", "t: must be subscribe"),
        Arguments.of("{'id':4,'t':'unsubscribe'}", "unknown_id", "id"),
        Arguments.of(candles + "}", "bad_parameter", "timeframe: is required"),
        Arguments.of(candles + ",'timeframe':5}", "bad_parameter", "timeframe: must be a string"),
        Arguments.of(candles + ",'timeframe':'7s'}", "bad_parameter", "timeframe"),
        Arguments.of(candles + ",'timeframe':'1m','depth':5}", "bad_parameter", "depth"),
        Arguments.of(candles + ",'timeframe':'1m','last':{'n':5}}", "bad_parameter", "last"),
        Arguments.of(candles + ",'timeframe':'1m','last':0}", "bad_parameter", "last"),
        Arguments.of(
            candles + ",'timeframe':'1m','last':1.5}", "bad_parameter", "last: must be an integer"),
        Arguments.of(candles + ",'timeframe':'1m','last':5,'from':0}", "bad_parameter", "last"),
        Arguments.of(candles + ",'timeframe':'1m','from':'noon'}", "bad_parameter", "from"),
        Arguments.of(candles + ",'timeframe':'1m','from':{'at':1}}", "bad_parameter", "from"),
        Arguments.of(candles + ",'timeframe':'1m','unit':'h'}", "bad_parameter", "unit"),
        Arguments.of(
            "{'t':'subscribe','id':4,'channel':'books','venue':'test','symbol':'CLIENTS'}",
            "bad_parameter",
            "channel"),
        Arguments.of(
            "{'t':'subscribe','id':4,'channel':'trades','venue':'test','symbol':'NONE'}",
            "unknown_instrument",
            "no instrument NONE"));
  }

  @Test
  void aConnectionHasOnlySoManySubscriptionsAndEachIdOnce() {
    for (int id = 1; id <= 3; id++) {
      client.subscribe(id, "trades", SYMBOL, "");
    }
    client.ask(3, "trades", SYMBOL, "");
    client.await(message -> "id_in_use".equals(message.getString("code")));
    client.ask(4, "trades", SYMBOL, "");
    client.await(message -> "too_many_subscriptions".equals(message.getString("code")));
    client.send("{\"t\":\"unsubscribe\",\"id\":1}");
    client.subscribe(4, "trades", SYMBOL, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"t\":|not JSON at byte 5: it breaks off",
        "[]|expected one JSON object",
        "{\"id\":1,\"id\":2}|not JSON at byte 12: duplicate field id",
        "{} {}|expected one JSON object",
        "``|expected one JSON object"
      })
  void closesOnWhatIsNotOneJsonObject(String text, String detail) {
    client.send(text);
    JsonObject error = client.await(message -> message.getString("t").equals("error"));
    assertThat(error.getString("code")).isEqualTo("malformed");
    assertThat(error.getString("detail")).isEqualTo(detail);
    assertThat(client.closeCode()).isEqualTo(1007);
  }

  @Test
  void closesOnAMessageThatIsTooLarge() {
    client.send(" ".repeat(65_537));
    assertThat(client.closeCode()).isEqualTo(1009);
  }

  @Test
  void saysThatItStopsAndCloses() {
    LiveInstance other = new LiveInstance(LiveLimits.DEFAULT);
    LiveClient there = new LiveClient(other);
    there.subscribe(1, "trades", SYMBOL, "");
    other.live.drain();
    there.await(message -> message.getString("t").equals("drain"));
    other.live.stop();
    assertThat(there.closeCode()).isEqualTo(1001);
    other.close();
  }

  @Test
  void refusesASnapshotOfTooManyRows() {
    long now = System.currentTimeMillis();
    for (int part = 0; part < 3; part++) {
      JsonArray rows = new JsonArray();
      for (int i = 0; i < 4_000; i++) {
        rows.add(trade(now - 4_000 * part - i));
      }
      server.post("trades", "MANY", rows);
    }
    client.ask(1, "trades", "MANY", ",\"from\":0");
    JsonObject error = client.await(message -> message.getString("t").equals("error"));
    assertThat(error.getString("detail")).startsWith("from: more than 10000");
    client.subscribe(1, "trades", "MANY", ",\"last\":10000");
    assertThat(client.rows(1)).hasSize(10_000);
  }

  /** Fills the sockets' buffers until rows wait in the server. */
  private static void writeCandlesUntil(LiveInstance at, String symbol, BooleanSupplier done) {
    long now = System.currentTimeMillis() / 1_000 * 1_000;
    for (int round = 0; !done.getAsBoolean(); round++) {
      assertThat(round).as("rounds until the socket is full").isLessThan(900);
      JsonArray rows = new JsonArray();
      for (int i = 0; i < 900; i++) {
        rows.add(candle(now - 1_000L * i, round));
      }
      at.post("candles", symbol, rows);
    }
  }

  private static double folded(LiveInstance at) {
    return at.registry.get("candlewick.live.folded").counter().count();
  }

  @Test
  void foldsWhatASlowReaderHasNotReadYet() throws Exception {
    server.post("trades", "FOLD", new JsonArray().add(trade(System.currentTimeMillis() - 900_000)));
    long from = (System.currentTimeMillis() / 1_000 - 950) * 1_000;
    client.subscribe(1, "candles", "FOLD", ",\"timeframe\":\"1s\",\"from\":" + from);
    client.stopReading();
    writeCandlesUntil(server, "FOLD", () -> folded(server) > 0);
    client.readOn();
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!client.state(1).equals(server.candles("FOLD", "1s", from))
        && System.nanoTime() < deadline) {
      Thread.sleep(100);
    }
    assertThat(client.state(1)).isEqualTo(server.candles("FOLD", "1s", from));
  }

  @Test
  void closesAReaderThatReadsNothingAndTellsItWhyOnceItReadsAgain() throws Exception {
    LiveInstance impatient =
        new LiveInstance(
            new LiveLimits(65_536, 3, 10_000, Duration.ofSeconds(2), Duration.ofSeconds(20)));
    long ts = System.currentTimeMillis() - 900_000;
    impatient.post("trades", "SLOW", new JsonArray().add(trade(ts)));
    LiveClient there = new LiveClient(impatient);
    there.subscribe(1, "candles", "SLOW", ",\"timeframe\":\"1s\"");
    there.stopReading();
    writeCandlesUntil(impatient, "SLOW", () -> slow(impatient) > 0);
    // Longer than a client that reads gets for its answer to the close frame.
    Thread.sleep(5_500);
    there.readOn();
    assertThat(there.closeCode()).isEqualTo(4408);
    impatient.close();
  }

  @Test
  void closesAClientThatIsDeadAndKeepsOneThatOnlyAnswersPings() throws Exception {
    LiveInstance pinging =
        new LiveInstance(
            new LiveLimits(65_536, 3, 10_000, Duration.ofSeconds(60), Duration.ofMillis(300)));
    LiveClient alive = new LiveClient(pinging);
    URI at = pinging.webSocket();
    try (Socket dead = new Socket(at.getHost(), at.getPort())) {
      dead.setSoTimeout(15_000);
      String upgrade =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
      dead.getOutputStream()
          .write(upgrade.formatted(at.getPath()).getBytes(StandardCharsets.US_ASCII));
      byte[] said = dead.getInputStream().readAllBytes();
      assertThat(new String(said, StandardCharsets.ISO_8859_1)).contains("heartbeats");
    }
    alive.subscribe(1, "trades", SYMBOL, "");
    pinging.close();
  }

  @Test
  void closesAReaderForWhomTooManyTradesWait() {
    client.subscribe(1, "trades", SYMBOL, "");
    client.stopReading();
    long now = System.currentTimeMillis();
    double before = slow(server);
    for (int round = 0; slow(server) == before; round++) {
      assertThat(round).as("rounds until closed").isLessThan(100);
      JsonArray rows = new JsonArray();
      for (int i = 0; i < 5_000; i++) {
        rows.add(trade(now - i - round));
      }
      server.post("trades", SYMBOL, rows);
    }
    client.readOn();
    assertThat(client.closeCode()).isEqualTo(4408);
  }

  private static double slow(LiveInstance at) {
    Counter closed =
        at.registry.find("candlewick.live.closed").tag("reason", "slow_consumer").counter();
    return closed == null ? 0 : closed.count();
  }
}
