package dev.candlewick.ingest.table;

import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Rejection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Candles of whole days that do not start at midnight UTC: they must start at midnight of their
 * instrument's time zone, which only the database knows.
 */
final class VenueDays {
  private static final String ZONES =
      "select id, timezone from market.instruments where id = any (?) and timezone is not null";

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
        line.message().refusedByDatabase(refusal(candle, zone == null ? "" : zone.getId()));
      }
    }
    return good;
  }

  private static Rejection refusal(Candle candle, String zone) {
    String why =
        zone.isEmpty()
            ? "not at midnight UTC, and the instrument has no timezone"
            : "neither at midnight UTC nor at midnight of " + zone;
    return new Rejection(
        candle.index(),
        Field.TS.word,
        Rejection.Code.MISALIGNED_TS,
        "not the open time of a " + candle.timeframe().text() + " candle: " + why);
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
