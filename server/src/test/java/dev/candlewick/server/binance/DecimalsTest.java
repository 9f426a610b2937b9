package dev.candlewick.server.binance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalsTest {
  @ParameterizedTest
  @CsvSource({
    "0.0163479, 0.01634790",
    "63000, 63000.00000000",
    "0, 0.00000000",
    "-37.63, -37.63000000",
    "1e-12, 0.000000000001",
    "1e21, 1000000000000000000000.00000000",
    "0.123456789012, 0.123456789012",
    "NaN, 0.00000000",
  })
  void writesEightPlacesOrMoreAndNoExponent(double value, String text) {
    assertThat(Decimals.text(value)).isEqualTo(text);
  }
}
