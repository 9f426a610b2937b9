package dev.candlewick.server.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstrumentPatternTest {
  @ParameterizedTest
  @CsvSource({
    "MGC*, MGCZ5, true",
    "MGC*, MGC, true",
    "MGC*, AMGC, false",
    "*USDT, BTCUSDT, true",
    "*USDT, USDTBTC, false",
    "B*C*T, BTCUSDT, true",
    "B*C*T, BTCUSD, false",
    "*, X, true",
    "**, X, true",
    "X, X, true",
    "X, XX, false",
    "a.c, abc, false",
    "*ab, aab, true",
    "*a*a, a, false"
  })
  void aStarStandsForAnything(String pattern, String symbol, boolean matches) {
    assertThat(new InstrumentPattern("v*", pattern).matches("venue", symbol)).isEqualTo(matches);
    assertThat(new InstrumentPattern("w", pattern).matches("venue", symbol)).isFalse();
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void manyStarsTakeNoTime() {
    InstrumentPattern hostile = new InstrumentPattern("*", "*a".repeat(31) + "b");
    assertThat(hostile.matches("v", "a".repeat(64))).isFalse();
  }
}
