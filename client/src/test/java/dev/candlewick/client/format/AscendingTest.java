package dev.candlewick.client.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Only where every row is surely later than its instrument's others may their order be given up.
 */
class AscendingTest extends TestFiles {
  @ParameterizedTest
  @CsvSource({
    "A 120000 | A 180000, true",
    "A 120000 | B 120000 | A 180000 | B 180000, true",
    "A 60000 | A 60000, false",
    "A 120000 | B 60000 | A 60000, false",
    "A 2026-01-02T00:01:00Z | A 2026-01-02T00:02:00Z, true",
    "A 2026-01-02T00:01:00Z | A 2026-01-02T00:01:00.0Z, false",
    "A 2026-01-02T00:01:00+02:00 | A 2026-01-02T00:01:00+01:00, false",
    "A 2026-01-02T00:01:00.0000001Z | A 2026-01-02T00:01:00.0000002Z, false",
    "A 60000 | A 60000.1, false",
    "A 60000 | A 6e4, false",
    "A 99960000 | A 100020000, false",
    "A x | A y, false",
  })
  void holdsOnlyForTimesThatCanBeCompared(String lines, boolean holds) throws IOException {
    String rows = lines.replace(" | ", ",1,1,1,1,1\n").replace(' ', ',') + ",1,1,1,1,1\n";
    Path file = file("a.csv", "symbol,ts,open,high,low,close,volume\n" + rows);
    assertThat(isAscending(file, withVenue("v"))).isEqualTo(holds);
  }

  @Test
  void holdsNotWhereOneInstrumentMayBeNamedInTwoWays() throws IOException {
    Path file =
        file(
            "a.csv",
            "venue,symbol,ts,open,high,low,close,volume\n"
                + "v,A,60000,1,1,1,1,1\n"
                + ",A,60000,1,1,1,1,1\n");
    assertThat(isAscending(file, withVenue("v"))).isFalse();
  }

  @Test
  void holdsInAZipOfOneInstrumentOnly() throws IOException {
    String later = KLINE.replace("17040672", "17040673");
    FileOptions options = options(Kind.CANDLES, "auto", "UTC", Map.of());
    String first = "A-1m-2024-01.csv";
    assertThat(isAscending(zip("a.zip", first, KLINE, "A-1m-2024-02.csv", later), options))
        .isTrue();
    assertThat(isAscending(zip("b.zip", first, KLINE, "A-1m-2024-02.csv", KLINE), options))
        .isFalse();
    assertThat(isAscending(zip("c.zip", first, KLINE, "B-1m-2024-02.csv", later), options))
        .isFalse();
  }

  private static boolean isAscending(Path file, FileOptions options) throws IOException {
    boolean all = true;
    try (FileRows rows = new FileRows(file, options, found -> {})) {
      while (rows.next()) {
        all = rows.isLater();
      }
    }
    return all;
  }
}
