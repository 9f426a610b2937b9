package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerConfigTest {
  @ParameterizedTest
  @CsvSource({
    "CANDLEWICK_RETENTION_TRADES, 7x, 'must be like 7d or P7D, or none'",
    "CANDLEWICK_RETENTION_QUOTES, never, 'must be like 7d or P7D, or none'",
    "CANDLEWICK_RETENTION_CANDLES_1M, 20ms, 'must be from 1d to 36500d, or none'",
    "CANDLEWICK_BATCH_AGE, soon, 'must be like 20ms, 5s, 7d or P7D'"
  })
  void saysWhatADurationMustBe(String key, String value, String must) {
    Map<String, String> environment =
        Map.of("CANDLEWICK_DB_URL", "postgresql://user:password@localhost/market", key, value);
    assertThatThrownBy(() -> ServerConfig.from(environment)).hasMessage(key + " " + must);
  }
}
