package dev.candlewick.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  private static final long TS = 1_700_000_000_123_456L;

  @ParameterizedTest
  @CsvSource({
    "S, 1700000000",
    "MS, 1700000000123",
    "US, 1700000000123456",
    "NS, 1700000000123456000",
    "ISO, 2023-11-14T22:13:20.123456Z"
  })
  void writesTheAskedUnit(Times unit, String text) {
    assertThat(unit.text(TS)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "1700000000000000, 2023-11-14T22:13:20Z",
    "1700000000120000, 2023-11-14T22:13:20.120Z",
    "0, 1970-01-01T00:00:00Z"
  })
  void writesNoMoreDigitsOfTheSecondThanNeeded(long ts, String text) {
    assertThat(Times.ISO.text(ts)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "S, 1700000000, 1700000000000000",
    "MS, 1700000000123, 1700000000123000",
    "US, 1700000000123456, 1700000000123456",
    "NS, 1700000000123456789, 1700000000123456",
    "ISO, 1700000000123, 1700000000123000",
    "S, 9223372036854775807, 9223372036854775807",
    "MS, -9223372036854775808, -9223372036854775808"
  })
  void readsIntegersInTheUnitThatIsNamed(Times unit, long value, long micros) {
    assertThat(unit.micros(value)).isEqualTo(micros);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-11-14T22:13:20.123456Z",
        "2023-11-14t22:13:20.123456z",
        "2023-11-14T22:13:20.123456999Z",
        "2023-11-15T00:13:20.123456+02:00",
        "2023-11-15T00:13:20.123456 02:00",
        "2023-11-14T17:13:20.123456-05:00"
      })
  void readsRfc3339(String text) {
    assertThat(Times.parse(text)).isEqualTo(TS);
  }

  @Test
  void readsADateAsItsMidnight() {
    assertThat(Times.parse("2012-12-03")).isEqualTo(1_354_492_800_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2023-11-14T22:13:20", "2023-02-30", "14.11.2023", "now", "2023-11-14 22:13"})
  void refusesWhatIsNoTimestamp(String text) {
    assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(DateTimeException.class);
  }
}
