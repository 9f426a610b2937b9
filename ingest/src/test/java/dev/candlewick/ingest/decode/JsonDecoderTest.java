package dev.candlewick.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.row.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDecoderTest {
  private final JsonDecoder decoder = new JsonDecoder(3);

  private Envelope decode(String json) throws DecodeException {
    return decoder.decode(json.getBytes(StandardCharsets.UTF_8));
  }

  private Fault fault(String json) {
    try {
      decode(json);
      throw new AssertionError("decoded: " + json);
    } catch (DecodeException e) {
      return e.fault;
    }
  }

  @Test
  void takesTheHeaderInAnyOrder() throws DecodeException {
    Envelope envelope =
        decode(
            "{\"rows\":[{\"price\":1}],\"unit\":\"us\",\"symbol\":\"X\",\"seq\":7,\"t\":\"trades\"}");
    assertThat(envelope.type()).isEqualTo("trades");
    assertThat(envelope.seq()).isEqualTo(7);
    assertThat(envelope.defaults().symbol()).isEqualTo("X");
    assertThat(envelope.defaults().unit()).isEqualTo(Envelope.TimeUnit.US);
    assertThat(envelope.rows()).hasSize(1);
  }

  @Test
  void aFieldGivenTwiceIsTheFaultOfItsRowAlone() throws DecodeException {
    List<RawRow> rows =
        Objects.requireNonNull(
            decode("{\"rows\":[{\"price\":1,\"price\":2},{\"price\":3}]}").rows());
    assertThat(rows.get(0).twice()).isEqualTo("price");
    assertThat(rows.get(1).twice()).isNull();
  }

  @Test
  void keepsValuesAsTheyWereWritten() throws DecodeException {
    Envelope envelope =
        decode(
            "{\"rows\":[{\"price\":0.1,\"size\":\"0.10\",\"id\":9007199254740993,\"flags\":[\"no_price\"]}]}");
    RawRow row = Objects.requireNonNull(envelope.rows()).get(0);
    assertThat(row.value(Field.PRICE)).isEqualTo(0.1);
    assertThat(row.value(Field.SIZE)).isEqualTo("0.10");
    assertThat(row.value(Field.ID)).isEqualTo(9_007_199_254_740_993L);
    assertThat(row.value(Field.FLAGS)).isEqualTo(List.of("no_price"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"t\":1",
        "{'t':'x'}",
        "{\"t\":NaN}",
        "{} {}",
        "{\"a\":01}",
        "[1,]",
        "{\"t\":\"x\",}",
        "{\"t\":\"a\",\"t\":\"b\"}",
        "{\"unknown\":1} x"
      })
  void tellsWhatIsNotJsonBeforeAnythingElse(String json) {
    assertThat(fault(json)).isEqualTo(Fault.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "1",
        "\"x\"",
        "null",
        "{\"unknown\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"rows\":{}}",
        "{\"seq\":0}",
        "{\"seq\":9007199254740992}",
        "{\"seq\":1.5}",
        "{\"unit\":\"h\"}",
        "{\"venue\":1}"
      })
  void tellsWhatIsJsonButNoMessage(String json) {
    assertThat(fault(json)).isEqualTo(Fault.BAD_MESSAGE);
  }

  @Test
  void stopsAtTheLimits() {
    assertThat(fault("{\"rows\":[{},{},{},{}]}")).isEqualTo(Fault.TOO_LARGE);
    assertThat(fault("[".repeat(100_000))).isEqualTo(Fault.MALFORMED);
    assertThat(fault("{\"rows\":[{\"price\":" + "1".repeat(100_000) + "}]}"))
        .isEqualTo(Fault.MALFORMED);
    assertThat(fault("{\"t\":\"" + "x".repeat(100_000) + "\"}")).isEqualTo(Fault.MALFORMED);
  }

  @Test
  void readsUtf8Only() {
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> decoder.decode(utf16)).isInstanceOf(DecodeException.class);
  }

  @ParameterizedTest
  @CsvSource({"1e-400, 1e-400", "-0.0, -0.0", "0.000, 0.000"})
  void keepsTheTextOfWhatADoubleWouldReadAsZero(String number, String text) throws DecodeException {
    RawRow row =
        Objects.requireNonNull(decode("{\"rows\":[{\"price\":" + number + "}]}").rows()).get(0);
    assertThat(row.value(Field.PRICE)).isEqualTo(text);
  }
}
