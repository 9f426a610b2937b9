package dev.candlewick.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.RoundingMode;
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
    "S, 1700000000.1234561, 1700000000123457",
    "S, 1.7E9, 1700000000000000",
    "MS, 1700000000123, 1700000000123000",
    "MS, 1700000000123.4, 1700000000123400",
    "US, 1700000000123456, 1700000000123456",
    "NS, 1700000000123456000, 1700000000123456",
    "NS, 1700000000123456001, 1700000000123457",
    "NS, 1700000000123456999, 1700000000123457",
    "ISO, 1700000000123, 1700000000123000",
    "S, 9223372036854775807, 9223372036854775807",
    "S, 1e999, 9223372036854775807",
    "S, 1e-999, 1",
    "MS, -9223372036854775808, -9223372036854775808"
  })
  void readsNumbersInTheUnitThatIsNamedAndRoundsThemUp(Times unit, String text, long micros) {
    assertThat(unit.micros(text, RoundingMode.CEILING)).isEqualTo(micros);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-11-14T22:13:20.123456Z",
        "2023-11-14t22:13:20.123456z",
        "2023-11-14 22:13:20.123456+00:00",
        "2023-11-14T22:13:20.123455001Z",
        "2023-11-14T22:13:20.1234550000000000000001Z",
        "2023-11-14T22:13:20.1234559999999999+00:00",
        "2023-11-14T22:13:20.1234560000000000Z",
        "2023-11-15T00:13:20.123456+02:00",
        "2023-11-15T00:13:20.123456 02:00",
        "2023-11-15 00:13:20.123456 02:00",
        "2023-11-14T17:13:20.123456-05:00"
      })
  void readsRfc3339(String text) {
    assertThat(Times.S.micros(text, RoundingMode.CEILING)).isEqualTo(TS);
  }

  @Test
  void cutsWhatIsFinerWhereAMomentIsMeant() {
    assertThat(Times.NS.micros("1700000000123456999", RoundingMode.FLOOR)).isEqualTo(TS);
    assertThat(Times.S.micros("2023-11-14T22:13:20.123456999Z", RoundingMode.FLOOR)).isEqualTo(TS);
    assertThat(Times.S.micros("2023-11-14T22:13:20.1234569999999Z", RoundingMode.FLOOR))
        .isEqualTo(TS);
  }

  @Test
  void readsTimesWithoutSeconds() {
    assertThat(Times.S.micros("2012-12-03T00:01Z", RoundingMode.CEILING))
        .isEqualTo(1_354_492_860_000_000L);
  }

  @Test
  void readsADateAsItsMidnight() {
    assertThat(Times.S.micros("2012-12-03", RoundingMode.CEILING))
        .isEqualTo(1_354_492_800_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-11-14T22:13:20",
        "2023-11-14T22:13:20.Z",
        "2023-11-14T22:13:201Z",
        "2023-02-30",
        "2023-02-30T00:00:00Z",
        "14.11.2023",
        "now",
        "1e",
        "0x10",
        "NaN",
        "2023-11-14 22:13"
      })
  void refusesWhatIsNoTimestamp(String text) {
    assertThatThrownBy(() -> Times.S.micros(text, RoundingMode.CEILING))
        .isInstanceOfAny(DateTimeException.class, IllegalArgumentException.class);
  }
}
