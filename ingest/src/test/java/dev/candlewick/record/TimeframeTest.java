package dev.candlewick.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeframeTest {
  @ParameterizedTest
  @CsvSource({
    "1s,1s", "60s,1m", "90s,90s", "7m,7m", "60m,1h", "24h,1d", "7d,1w", "10d,10d", "3M,3M"
  })
  void hasOneSpellingForOneLength(String text, String canonical) {
    assertThat(Timeframe.parse(text)).map(Timeframe::text).contains(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0m",
        "01m",
        "1",
        "m",
        "7s",
        "61s",
        "1y",
        "1 m",
        "-1m",
        "999999999d",
        "121M",
        "1min"
      })
  void refusesWhatCannotBeBuilt(String text) {
    assertThat(Timeframe.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1m, 2024-08-08T00:05:59Z, 2024-08-08T00:05:00Z, 2024-08-08T00:06:00Z",
    "1d, 2024-08-08T23:59:59Z, 2024-08-08T00:00:00Z, 2024-08-09T00:00:00Z",
    "1w, 2024-08-11T23:59:59Z, 2024-08-05T00:00:00Z, 2024-08-12T00:00:00Z",
    "1M, 2024-02-29T12:00:00Z, 2024-02-01T00:00:00Z, 2024-03-01T00:00:00Z",
    "5M, 1999-12-31T00:00:00Z, 1999-08-01T00:00:00Z, 2000-01-01T00:00:00Z",
    "1w, 1970-01-01T00:00:00Z, 1969-12-29T00:00:00Z, 1970-01-05T00:00:00Z"
  })
  void startsBucketsOnMondayMidnightUtc(String text, Instant at, Instant start, Instant end) {
    Timeframe timeframe = Timeframe.parse(text).orElseThrow();
    long bucket = timeframe.bucket(at.getEpochSecond());
    assertThat(Instant.ofEpochSecond(bucket)).isEqualTo(start);
    assertThat(Instant.ofEpochSecond(timeframe.end(bucket))).isEqualTo(end);
  }

  @Test
  void countsDaysThatDoNotDivideAWeekFromTheSameMonday() {
    long origin = Instant.parse("2000-01-03T00:00:00Z").getEpochSecond();
    Timeframe threeDays = Timeframe.parse("3d").orElseThrow();
    assertThat(threeDays.bucket(origin + 3 * 86_400 - 1)).isEqualTo(origin);
    assertThat(threeDays.bucket(origin - 1)).isEqualTo(origin - 3 * 86_400);
  }
}
