package dev.candlewick.server.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanDayTest {
  private static final long STEP = 300;
  private static final long DAY = 86_400;
  private static final int[] MINUTES = {0, 30, 95, 150, 600, 1_439};

  private static Plan plan(String zone, String dayStart) {
    return Declarations.plan(
        "p",
        new JsonObject(
            """
            {"timezone":"%s","day_start":"%s","instruments":[{"venue":"v","symbol":"*"}]}
            """
                .formatted(zone, dayStart)));
  }

  /**
   * A clock on the wall that is never set back: a time has passed once this clock has shown it, or
   * a later one.
   */
  private static void compare(Plan plan, String dayStart, long change) {
    ZoneId zone = plan.zone();
    LocalDateTime shown = LocalDateTime.MIN;
    for (long time = change - 3 * DAY; time < change + 2 * DAY; time += STEP) {
      LocalDateTime clock = LocalDateTime.ofInstant(Instant.ofEpochSecond(time), zone);
      shown = shown.isBefore(clock) ? clock : shown;
      if (time < change - 2 * DAY) {
        continue;
      }
      PlanDay day = plan.dayAt(time);
      LocalDate date = shown.minusMinutes(plan.dayStart()).toLocalDate();
      assertThat(day.starts()).as("%s %s %s", zone, dayStart, clock).isEqualTo(date);
      assertThat(day.start()).isLessThanOrEqualTo(time).isLessThan(day.end());
      for (int minutes : MINUTES) {
        LocalDateTime at = date.atStartOfDay().plusMinutes(plan.dayStart() + minutes);
        assertThat(day.at(minutes) <= time)
            .as("%s %s %s: whether %s has passed", zone, dayStart, clock, at)
            .isEqualTo(!shown.isBefore(at));
      }
    }
  }

  /** Half an hour, three quarters, a month of fasting, a date that a country left out. */
  @ParameterizedTest
  @CsvSource({
    "America/New_York, 2026-01-01",
    "Europe/London, 2026-01-01",
    "Australia/Lord_Howe, 2026-01-01",
    "Asia/Kathmandu, 1985-06-01",
    "Africa/Casablanca, 2026-01-01",
    "America/Havana, 2025-01-01",
    "Pacific/Apia, 2011-06-01"
  })
  void aDayAndItsTimesBeginWhereTheClockPassesThem(String zone, String from) {
    Instant at = Instant.parse(from + "T00:00:00Z");
    for (int changes = 0; changes < 2; changes++) {
      ZoneOffsetTransition next = ZoneId.of(zone).getRules().nextTransition(at);
      if (next == null) {
        break;
      }
      at = next.getInstant();
      for (String dayStart : new String[] {"00:00", "01:15", "02:30", "09:30", "23:45"}) {
        compare(plan(zone, dayStart), dayStart, at.getEpochSecond());
      }
    }
  }
}
