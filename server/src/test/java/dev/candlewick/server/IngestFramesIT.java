package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.trade;
import static dev.candlewick.server.Messages.trades;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames as RFC 6455 allows and forbids them, byte by byte. */
class IngestFramesIT {
  private static final int PROTOCOL_ERROR = 1002;
  private static final int NOT_UTF_8 = 1007;
  private static final int TOO_BIG = 1009;
  private static final int LIMIT = 262_144;

  private static TestDatabase database;
  private static ServerProcess server;

  private RawSocket feed;
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
  void sayHello() {
    String stream = "feed-" + UUID.randomUUID();
    symbol = "S" + stream.substring(5, 13);
    feed = RawSocket.open(server.url());
    assertThat(feed.hello(stream).getString("t")).isEqualTo("welcome");
  }

  private byte[] message(long seq) {
    return trades(seq, symbol, List.of(trade(HOUR_AGO, 1, 1, seq)))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] slice(byte[] of, int from, int to) {
    return java.util.Arrays.copyOfRange(of, from, to);
  }

  private void acksAndStores(long seq) {
    assertThat(feed.ackOf(seq).getLong("committed")).isEqualTo(seq);
    assertThat(stored()).isEqualTo(seq);
    feed.close();
  }

  private long stored() {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  private void closesWith(int code) {
    assertThat(feed.closeCode()).isEqualTo(code);
    assertThat(stored()).isZero();
    feed.close();
  }

  @Test
  void takesAMessageInFragments() {
    byte[] message = message(1);
    feed.frame(RawSocket.TEXT, slice(message, 0, 10));
    feed.frame(RawSocket.CONTINUATION, slice(message, 10, 20));
    feed.frame(RawSocket.FIN | RawSocket.CONTINUATION, slice(message, 20, message.length));
    acksAndStores(1);
  }

  @Test
  void takesAMessageWhoseFirstFragmentIsEmpty() {
    feed.frame(RawSocket.TEXT, new byte[0]);
    feed.frame(RawSocket.CONTINUATION, message(1));
    feed.frame(RawSocket.FIN | RawSocket.CONTINUATION, new byte[0]);
    feed.frame(RawSocket.FIN | RawSocket.TEXT, message(2));
    acksAndStores(2);
  }

  @Test
  void takesAMessageOfTenThousandFragmentsOfOneByte() {
    byte[] message = new byte[10_000];
    java.util.Arrays.fill(message, (byte) ' ');
    byte[] json = message(1);
    System.arraycopy(json, 0, message, 0, json.length);
    feed.add(RawSocket.TEXT, slice(message, 0, 1), true);
    for (int i = 1; i < message.length; i++) {
      int first = (i == message.length - 1 ? RawSocket.FIN : 0) | RawSocket.CONTINUATION;
      feed.add(first, slice(message, i, i + 1), true);
    }
    feed.flush();
    acksAndStores(1);
  }

  @Test
  void answersAPingBetweenFragments() {
    byte[] message = message(1);
    byte[] ping = "still there?".getBytes(StandardCharsets.US_ASCII);
    feed.frame(RawSocket.TEXT, slice(message, 0, 30));
    feed.frame(RawSocket.FIN | RawSocket.PING, ping);
    RawSocket.Frame pong = feed.read();
    assertThat(pong).isNotNull();
    assertThat(pong.opcode()).isEqualTo(RawSocket.PONG);
    assertThat(pong.payload()).isEqualTo(ping);
    feed.frame(RawSocket.FIN | RawSocket.CONTINUATION, slice(message, 30, message.length));
    acksAndStores(1);
  }

  @Test
  void takesAMessageThatEndsExactlyAtTheLimit() {
    byte[] message = new byte[LIMIT];
    java.util.Arrays.fill(message, (byte) ' ');
    byte[] json = message(1);
    System.arraycopy(json, 0, message, 0, json.length);
    feed.frame(RawSocket.FIN | RawSocket.TEXT, message);
    acksAndStores(1);
  }

  @Test
  void refusesAFrameOverTheLimit() {
    feed.frame(RawSocket.FIN | RawSocket.TEXT, new byte[LIMIT + 1]);
    closesWith(TOO_BIG);
  }

  @Test
  void refusesAFrameThatClaimsToBeHuge() {
    feed.bytes(RawSocket.FIN | RawSocket.TEXT, 0x80 | 127, 0x7F, 255, 255, 255, 255, 255, 255, 255);
    assertThat(feed.closeCode()).isIn(PROTOCOL_ERROR, TOO_BIG);
    feed.close();
  }

  @ParameterizedTest
  @CsvSource({
    "TOO_LONG, 1009, too_large",
    "UNMASKED, 1002, protocol_error",
    "RESERVED_BIT, 1002, protocol_error",
    "RESERVED_OPCODE, 1002, protocol_error",
    "LONG_PING, 1002, protocol_error",
    "LONE_CONTINUATION, 1002, protocol_error",
    "BINARY, 1003, unsupported_data"
  })
  void namesTheCodeAlsoWhenABrokenFrameComesRightBehindAGoodOne(
      String how, int closeCode, String code) {
    byte[] few = new byte[5];
    feed.add(RawSocket.FIN | RawSocket.PING, new byte[1], true);
    switch (how) {
      case "TOO_LONG" -> feed.add(RawSocket.FIN | RawSocket.TEXT, new byte[LIMIT + 1], true);
      case "UNMASKED" -> feed.add(RawSocket.FIN | RawSocket.TEXT, few, false);
      case "RESERVED_BIT" -> feed.add(RawSocket.FIN | RawSocket.RSV1 | RawSocket.TEXT, few, true);
      case "RESERVED_OPCODE" -> feed.add(RawSocket.FIN | 3, few, true);
      case "LONG_PING" -> feed.add(RawSocket.FIN | RawSocket.PING, new byte[126], true);
      case "LONE_CONTINUATION" -> feed.add(RawSocket.FIN | RawSocket.CONTINUATION, few, true);
      default -> feed.add(RawSocket.FIN | RawSocket.BINARY, few, true);
    }
    feed.flush();
    RawSocket.Frame pong = feed.read();
    assertThat(pong).isNotNull();
    assertThat(pong.opcode()).isEqualTo(RawSocket.PONG);
    JsonObject error = feed.json();
    assertThat(error.getString("code")).isEqualTo(code);
    assertThat(error.getString("detail")).doesNotContain("frame length", "getStatus", "RSV");
    closesWith(closeCode);
  }

  @Test
  void closesThoughTheClientNeverAnswersTheClose() {
    feed.text("[");
    assertThat(feed.closeCode()).isEqualTo(NOT_UTF_8);
    long start = System.nanoTime();
    assertThat(feed.read()).as("the end of the connection").isNull();
    assertThat(System.nanoTime() - start).isLessThan(7_000_000_000L);
    feed.close();
  }

  @Test
  void refusesFragmentsThatTogetherPassTheLimit() {
    feed.add(RawSocket.TEXT, new byte[LIMIT / 2], true);
    feed.add(RawSocket.CONTINUATION, new byte[LIMIT / 2], true);
    feed.add(RawSocket.CONTINUATION, new byte[1], true);
    feed.flush();
    closesWith(TOO_BIG);
  }

  @Test
  void refusesAnUnmaskedFrame() {
    feed.add(RawSocket.FIN | RawSocket.TEXT, message(1), false);
    feed.flush();
    closesWith(PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {RawSocket.RSV1, RawSocket.RSV2, RawSocket.RSV3})
  void refusesReservedBits(int bit) {
    feed.frame(RawSocket.FIN | bit | RawSocket.TEXT, message(1));
    closesWith(PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 7, 11, 15})
  void refusesReservedOpcodes(int opcode) {
    feed.frame(RawSocket.FIN | opcode, message(1));
    closesWith(PROTOCOL_ERROR);
  }

  @Test
  void refusesAPingOf126Bytes() {
    feed.frame(RawSocket.FIN | RawSocket.PING, new byte[126]);
    closesWith(PROTOCOL_ERROR);
  }

  @Test
  void refusesAFragmentedPing() {
    feed.frame(RawSocket.PING, new byte[1]);
    closesWith(PROTOCOL_ERROR);
  }

  @Test
  void refusesAContinuationOfNothing() {
    feed.frame(RawSocket.FIN | RawSocket.CONTINUATION, message(1));
    closesWith(PROTOCOL_ERROR);
  }

  @Test
  void refusesANewMessageInsideAFragmentedOne() {
    feed.frame(RawSocket.TEXT, slice(message(1), 0, 5));
    feed.frame(RawSocket.FIN | RawSocket.TEXT, message(1));
    closesWith(PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @CsvSource({
    "C0AF, overlong slash",
    "EDA080, surrogate",
    "F4908080, above U+10FFFF",
    "FF, no lead byte",
    "E28, cut short"
  })
  void refusesTextThatIsNotUtf8(String hex, String what) {
    String even = hex.length() % 2 == 0 ? hex : hex + "2";
    byte[] bad = java.util.HexFormat.of().parseHex(even);
    byte[] message = message(1);
    byte[] whole = java.util.Arrays.copyOf(message, message.length);
    // Inside the symbol, where a lenient decoder would leave U+FFFD.
    int at = new String(message, StandardCharsets.ISO_8859_1).indexOf(symbol);
    System.arraycopy(bad, 0, whole, at, bad.length);
    feed.frame(RawSocket.FIN | RawSocket.TEXT, whole);
    assertThat(feed.json().getString("code")).as(what).isEqualTo("malformed");
    closesWith(NOT_UTF_8);
    assertThat(database.number("select count(*) from market.instruments where symbol ~ '\\uFFFD'"))
        .isZero();
  }

  @Test
  void takesACharacterCutByAFragment() {
    byte[] message =
        trades(1, symbol, List.of(trade(HOUR_AGO, 1, 1, "é"))).getBytes(StandardCharsets.UTF_8);
    int at = new String(message, StandardCharsets.ISO_8859_1).indexOf(0xC3) + 1;
    feed.frame(RawSocket.TEXT, slice(message, 0, at));
    feed.frame(RawSocket.FIN | RawSocket.CONTINUATION, slice(message, at, message.length));
    acksAndStores(1);
  }

  @Test
  void answersAClose() {
    feed.frame(RawSocket.FIN | RawSocket.CLOSE, new byte[] {3, (byte) 0xE8});
    assertThat(feed.closeCode()).isEqualTo(1000);
    feed.close();
  }

  @Test
  void acksWhatWasTakenBeforeAMessageThatIsRefused() {
    feed.add(RawSocket.FIN | RawSocket.TEXT, message(1), true);
    feed.flush();
    feed.ackOf(1);
    feed.text("[");
    assertThat(feed.json().getString("code")).isEqualTo("malformed");
    assertThat(feed.closeCode()).isEqualTo(NOT_UTF_8);
    assertThat(stored()).isEqualTo(1);
    feed.close();
  }
}
