package dev.candlewick.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.row.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read as plain must be what any other way of reading it gives. */
class PlainJsonTest {
  private static final String TRADES =
      """
      {"t":"trades","seq":12,"venue":"binance","symbol":"BTC/USDT","unit":"ms","rows":[
      {"ts":1723075200000,"price":61000.07,"size":0.001,"side":"buy","id":3735683259},
      {"ts": 1723075200001, "price": "61000.07", "size": 12, "side": null, "id": "a-1"}]}
      """;

  private static final String CANDLES =
      """
      {"v":1,"stream":"s","timeframe":"1m","rows":[{"ts":-1,"venue":"v","symbol":"s","open":1,"high":2.5,
      "low":-0.5,"close":123456789.123456,"volume":0,"trades":999999999999999999,"closed":true},{"closed":false}]}
      """;

  private final JsonDecoder decoder = new JsonDecoder(5);

  @ParameterizedTest
  @ValueSource(strings = {TRADES, CANDLES})
  void readsWhatFeedsUsuallyWrite(String json) throws DecodeException {
    Envelope plain = PlainJson.read(bytes(json), 5);
    assertThat(plain).isNotNull();
    assertThat(told(plain)).isEqualTo(told(decoder.decodeAny(bytes(json))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "[]",
        "{\"rows\":[]}",
        "{\"rows\":[{}]}",
        "{\"seq\":1,\"seq\":1,\"rows\":[{\"ts\":1}]}",
        "{\"seq\":0,\"rows\":[{\"ts\":1}]}",
        "{\"seq\":9007199254740992,\"rows\":[{\"ts\":1}]}",
        "{\"other\":1,\"rows\":[{\"ts\":1}]}",
        "{\"rows\":[{\"ts\":1,\"ts\":1}]}",
        "{\"rows\":[{\"other\":1}]}",
        "{\"rows\":[{\"ts\":01}]}",
        "{\"rows\":[{\"ts\":-0}]}",
        "{\"rows\":[{\"ts\":1.}]}",
        "{\"rows\":[{\"ts\":.5}]}",
        "{\"rows\":[{\"ts\":1e3}]}",
        "{\"rows\":[{\"ts\":0.0}]}",
        "{\"rows\":[{\"ts\":1234567890123456789}]}",
        "{\"rows\":[{\"ts\":1234567890.123456}]}",
        "{\"rows\":[{\"id\":\"\\u0041\"}]}",
        "{\"rows\":[{\"id\":\"\u00e9\"}]}",
        "{\"rows\":[{\"flags\":[]}]}",
        "{\"rows\":[{\"ts\":1},]}",
        "{\"rows\":[{\"ts\":1}]} 1",
        "{\"rows\":[{\"ts\":1}],}",
        "{\"rows\":[{\"ts\":tru}]}",
        "{\"rows\":[{\"ts\":1},{\"ts\":1},{\"ts\":1},{\"ts\":1},{\"ts\":1},{\"ts\":1}]}"
      })
  void leavesTheRestAlone(String json) {
    assertThat(PlainJson.read(bytes(json), 5)).isNull();
  }

  @Test
  void neverReadsAnythingElse() {
    Random random = new Random(11);
    int plain = 0;
    for (int i = 0; i < 300_000; i++) {
      byte[] json = bytes(i % 2 == 0 ? TRADES : CANDLES);
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        mutate(json, random);
      }
      Envelope read = PlainJson.read(json, 5);
      if (read != null) {
        plain++;
        assertThat(told(read))
            .as(new String(json, StandardCharsets.ISO_8859_1))
            .isEqualTo(any(json));
      }
    }
    assertThat(plain).isGreaterThan(5_000);
  }

  private static void mutate(byte[] json, Random random) {
    int at = random.nextInt(json.length);
    int from = random.nextInt(json.length);
    switch (random.nextInt(4)) {
      case 0 -> json[at] = (byte) random.nextInt(256);
      case 1 -> json[at] = (byte) "0123456789.-+eE\"\\{}[],: tfn".charAt(random.nextInt(27));
      case 2 -> json[at] = json[from];
      default -> {
        int length = Math.min(random.nextInt(20), json.length - Math.max(at, from));
        System.arraycopy(json, from, json, at, length);
      }
    }
  }

  private Object any(byte[] json) {
    try {
      return told(decoder.decodeAny(json));
    } catch (DecodeException e) {
      return e.detail();
    }
  }

  /** All that a message says. */
  private static List<Object> told(Envelope envelope) {
    List<Object> told = new ArrayList<>();
    told.add(
        new Envelope(
            envelope.type(),
            envelope.seq(),
            envelope.version(),
            envelope.stream(),
            envelope.kind(),
            envelope.defaults(),
            null));
    for (RawRow row : envelope.rows() == null ? List.<RawRow>of() : envelope.rows()) {
      told.add(String.valueOf(row.unknown()));
      for (Field field : Field.values()) {
        told.add(row.has(field));
        Object value = row.value(field);
        told.add(value == null ? "null" : value.getClass() + " " + value);
      }
    }
    return told;
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
