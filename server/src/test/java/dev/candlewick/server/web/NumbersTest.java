package dev.candlewick.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "63000.0, 63000",
    "0.1, 0.1",
    "-37.63, -37.63",
    "0.00000123, 0.00000123",
    "1e-7, 0.0000001",
    "1e10, 10000000000",
    "123456789012345.6, 123456789012345.6",
    "9.007199254740993e15, 9007199254740992",
    "1e20, 100000000000000000000",
    "0.0, 0",
    "-0.0, -0",
    "1e-8, 1E-8",
    "1e21, 1E21",
    "1.7976931348623157e308, 1.7976931348623157E308",
    "5e-324, 4.9E-324",
    "2.0e-3, 0.002"
  })
  void writesPlainDecimals(double value, String text) {
    assertThat(Numbers.text(value)).isEqualTo(text);
  }

  @Test
  void writesTheShortestDigits() {
    // Double.toString of JDK 17 says 1.9999999999999998E23.
    assertThat(Numbers.text(Double.parseDouble("2e23"))).isEqualTo("2E23");
    assertThat(Numbers.text(0.1 + 0.2)).isEqualTo("0.30000000000000004");
    assertThat(Numbers.text(Double.MIN_NORMAL)).isEqualTo("2.2250738585072014E-308");
  }

  @Test
  void readsBackToTheSameDouble() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(Numbers.text(value))).isEqualTo(value);
      }
    }
  }

  @Test
  void keepsEveryDecimalOfFifteenDigits() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 100_000; i++) {
      long digits = random.nextLong(100_000_000_000_000L, 1_000_000_000_000_000L);
      String decimal = "%d.%06d".formatted(digits / 1_000_000, digits % 1_000_000);
      if (!decimal.endsWith("0")) {
        assertThat(Numbers.text(Double.parseDouble(decimal))).isEqualTo(decimal);
      }
    }
  }

  @Test
  void keepsDecimalsOfAnyLength() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200_000; i++) {
      long digits = random.nextLong() >> random.nextInt(14, 60);
      BigDecimal decimal = BigDecimal.valueOf(digits, random.nextInt(13));
      if (digits != 0 && decimal.abs().compareTo(new BigDecimal("0.0000001")) >= 0) {
        assertThat(Numbers.text(decimal.doubleValue()))
            .isEqualTo(decimal.stripTrailingZeros().toPlainString());
      }
    }
  }

  @Test
  void isReadByAnyJsonReader() {
    for (double value : new double[] {0, -0.0, 1e300, 1e-300, 63000, Double.MIN_VALUE}) {
      Object read = Json.decodeValue(Numbers.text(value));
      assertThat(((Number) read).doubleValue()).isEqualTo(value + 0.0);
    }
  }
}
