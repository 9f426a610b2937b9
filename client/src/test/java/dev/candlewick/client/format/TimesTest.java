package dev.candlewick.client.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  private static long micros(String text, String zone) throws FormatException {
    Cells cells = new Cells();
    cells.add(text);
    return new Times("ms", ZoneId.of(zone)).micros(cells, 0);
  }

  /** With hyphens a time is read without a pattern, with slashes by it. */
  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:04:05, UTC, 1767323045000000",
    "2026-01-02 03:04:05, UTC, 1767323045000000",
    "2026-01-02T03:04:05Z, America/New_York, 1767323045000000",
    "2026-01-02T03:04:05, America/New_York, 1767341045000000",
    "2026-01-02T03:04:05.1, UTC, 1767323045100000",
    "2026-01-02T03:04:05.123456Z, UTC, 1767323045123456",
    "2026-01-02T03:04:05.123456789, UTC, 1767323045123456",
    "1969-12-31T23:59:59.999999, UTC, -1",
    "0001-01-01T00:00:00, UTC, -62135596800000000",
  })
  void readsATimeTheSameHoweverItIsWritten(String text, String zone, long expected)
      throws FormatException {
    assertThat(micros(text, zone)).isEqualTo(expected);
    assertThat(micros(text.replace('-', '/'), zone)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-13-02T03:04:05",
        "2026-02-30T03:04:05",
        "2026-01-02T24:04:05Z",
        "2026-01-02T03:04:60",
        "2026-01-02T03:04:05.",
        "2026-01-02T03:04:05.1234567891",
        "2026-01-02Z03:04:05"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> micros(text, "UTC"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-10-25T02:30:00", "2026/10/25T02:30:00"})
  void refusesATimeThatOccursTwiceHoweverItIsWritten(String text) {
    assertThatThrownBy(() -> micros(text, "Europe/Berlin")).hasMessageContaining("occurs twice");
  }

  @ParameterizedTest
  @CsvSource({
    "20260102 030405, UTC, 1767323045000000",
    "20260102 030405123, UTC, 1767323045123000",
    "20260102 030405 1234567, UTC, 1767323045123456",
    "20260102  03:04:05, UTC, 1767323045000000",
    "20260102 22:04:05 US/Eastern, UTC, 1767409445000000",
    "20260101 22:04:05, America/New_York, 1767323045000000",
    "20260102 030405Z, Asia/Tokyo, 1767323045000000",
    "20260102, UTC, 1767312000000000",
    "20260102030405, UTC, 1767323045000000",
    "2026-01-02 3:04:05 PM, UTC, 1767366245000000",
    "2026-01-02 12:04 AM, UTC, 1767312240000000",
    "2.1.2026 03:04:05, UTC, 1767323045000000",
    "02.01.2026 03:04:05, UTC, 1767323045000000",
  })
  void readsATimeAsTerminalsAndSpreadsheetsWriteIt(String text, String zone, long expected)
      throws FormatException {
    assertThat(micros(text, zone)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "mdy, 1/2/2026 3:04, 1767323040000000",
    "dmy, 2/1/2026 3:04, 1767323040000000",
    "dmy, 02-01-2026, 1767312000000000",
    "mdy, 01.02.2026, 1767312000000000",
    "mdy, 20260102, 1767312000000000",
  })
  void readsADateInTheOrderThatIsSaid(String order, String text, long expected)
      throws FormatException {
    Cells cells = new Cells();
    cells.add(text);
    assertThat(new Times(order, ZoneOffset.UTC).micros(cells, 0)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1/2/2026 3:04", "13/02/2026", "01-02-2026"})
  void asksForTheOrderOfADateThatMayBeEither(String text) {
    assertThatThrownBy(() -> micros(text, "UTC"))
        .hasMessage(
            "\"%s\": month or day first? Say so with --map ts=COLUMN:mdy or ts=COLUMN:dmy", text);
  }
}
