package dev.candlewick.ingest.table;

import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.record.Timeframe;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Candles of whole days that do not start at midnight UTC: they must start at midnight of their
 * instrument's time zone, which only the database knows.
 */
final class VenueDays {
  private static final String ZONES =
      "select id, timezone from market.instruments where id = any (?) and timezone is not null";

  private static final long MICROS = 1_000_000;

  private VenueDays() {}

  /** The lines without those whose candle starts at no such midnight, which are rejected. */
  static List<CandleTable.Line> check(Connection connection, List<CandleTable.Line> lines)
      throws SQLException {
    int[] asked =
        lines.stream()
            .filter(line -> !line.candle().beginsInUtc())
            .mapToInt(CandleTable.Line::instrumentId)
            .distinct()
            .toArray();
    if (asked.length == 0) {
      return lines;
    }
    Map<Integer, ZoneId> zones = zones(connection, asked);
    List<CandleTable.Line> good = new ArrayList<>();
    for (CandleTable.Line line : lines) {
      Candle candle = line.candle();
      ZoneId zone = zones.get(line.instrumentId());
      if (candle.beginsInUtc() || (zone != null && candle.beginsIn(zone))) {
        good.add(line);
      } else {
        line.message().refusedByDatabase(refusal(candle, zone));
      }
    }
    return good;
  }

  /** Names the candle that the time is in. */
  private static Rejection refusal(Candle candle, @Nullable ZoneId zone) {
    Timeframe timeframe = candle.timeframe();
    long second = Math.floorDiv(candle.ts(), MICROS);
    String there =
        zone == null
            ? "; the instrument has no timezone"
            : ", or " + Instant.ofEpochSecond(timeframe.dayBucket(second, zone)) + " in " + zone;
    return new Rejection(
        candle.index(),
        Field.TS.word,
        Rejection.Code.MISALIGNED_TS,
        "not the open time of a %s candle: that is %s%s"
            .formatted(timeframe.text(), Instant.ofEpochSecond(timeframe.bucket(second)), there));
  }

  private static Map<Integer, ZoneId> zones(Connection connection, int[] ids) throws SQLException {
    Map<Integer, ZoneId> zones = new HashMap<>();
    try (PreparedStatement find = connection.prepareStatement(ZONES)) {
      find.setObject(1, ids);
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          put(zones, row.getInt(1), row.getString(2));
        }
      }
    }
    return zones;
  }

  private static void put(Map<Integer, ZoneId> zones, int id, String name) {
    try {
      zones.put(id, ZoneId.of(name));
    } catch (DateTimeException noZoneOfThisJava) {
      // As if it had none.
    }
  }
}
