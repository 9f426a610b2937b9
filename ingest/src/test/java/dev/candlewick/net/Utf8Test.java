package dev.candlewick.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  private static boolean valid(byte[] bytes) {
    return Utf8.valid(bytes, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080",
        "c1bf",
        "e08080",
        "eda080",
        "edbfbf",
        "f08080af",
        "f4908080",
        "f5808080",
        "ff",
        "80",
        "c2",
        "e282",
        "f09f98",
        "c241"
      })
  void refusesWhatRfc3629Forbids(String hex) {
    assertThat(valid(HexFormat.of().parseHex(hex))).isFalse();
  }

  @Test
  void agreesWithTheStrictDecoderOfTheJdkOnRandomBytes() {
    Random random = new Random(7);
    int bothValid = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(4)];
      random.nextBytes(bytes);
      bytes[0] |= (byte) (random.nextBoolean() ? 0xC0 : 0);
      for (int at = 1; at < bytes.length; at++) {
        bytes[at] = (byte) (random.nextInt(8) == 0 ? bytes[at] : 0x80 | (bytes[at] & 0x3F));
      }
      boolean expected = decodes(bytes);
      bothValid += expected ? 1 : 0;
      assertThat(valid(bytes)).as(HexFormat.of().formatHex(bytes)).isEqualTo(expected);
    }
    assertThat(bothValid).isGreaterThan(10_000);
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
