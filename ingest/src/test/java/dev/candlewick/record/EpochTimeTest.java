package dev.candlewick.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EpochTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-30T13:05:09Z, 2026-11-30T13:05:09Z",
    "2026-11-30t13:05:09z, 2026-11-30T13:05:09Z",
    "2026-11-30 13:05:09+05:30, 2026-11-30T07:35:09Z",
    "2026-11-30T13:05:09.1-18:00, 2026-12-01T07:05:09.1Z",
    "2026-11-30T13:05:09-00:00, 2026-11-30T13:05:09Z",
    "2024-02-29T23:59:59.123456789Z, 2024-02-29T23:59:59.123456789Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "2026-11-30T13:05:09.0000000001Z, 2026-11-30T13:05:09.000000001Z",
    "2026-11-30T13:05:09.0000000000Z, 2026-11-30T13:05:09Z",
    "2026-11-30T13:05:09.1234567891Z, 2026-11-30T13:05:09.123456789Z",
  })
  void readsRfc3339(String text, Instant instant) {
    assertThat(EpochTime.instant(text)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-30",
        "2026-11-30T13:05:09",
        "2026-11-30T13:05Z",
        "2026-11-30T13:05:09.Z",
        "2026-11-30T13:05:09,5Z",
        "2026-11-30T13:05:09+05",
        "2026-11-30T13:05:09+0530",
        "2026-11-30T13:05:09+05:30:00",
        "2026-11-30T13:05:09UTC",
        "2026-11-30T13:05:09Z ",
        " 2026-11-30T13:05:09Z",
        "26-11-30T13:05:09Z",
        "+2026-11-30T13:05:09Z",
        "2026-11-30_13:05:09Z",
        "2026-11-3٠T13:05:09Z",
      })
  void refusesOtherForms(String text) {
    assertThatThrownBy(() -> EpochTime.instant(text))
        .isExactlyInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-02-29T13:05:09Z",
        "2026-13-01T13:05:09Z",
        "2026-11-30T24:00:00Z",
        "2026-11-30T23:59:60Z",
        "2026-11-30T13:05:09+18:01",
        "2026-11-30T13:05:09+05:60",
      })
  void refusesDatesAndTimesThatDoNotExist(String text) {
    assertThatThrownBy(() -> EpochTime.instant(text)).isInstanceOf(DateTimeException.class);
  }
}
