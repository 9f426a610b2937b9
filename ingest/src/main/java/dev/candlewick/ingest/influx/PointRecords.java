package dev.candlewick.ingest.influx;

import dev.candlewick.ingest.influx.Point.Stamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The points of one request as rows of declared kinds: the measurement is the kind's name, tags and
 * fields are its columns, and the line's time is {@code ts}, in nanoseconds.
 */
final class PointRecords {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final String TS = "ts";

  private final Precision precision;
  private final long now;
  private final Map<String, List<Map<String, Object>>> rows = new LinkedHashMap<>();
  private final Map<String, List<Point>> points = new LinkedHashMap<>();

  /** {@code now}: the time for lines without one, nanoseconds since the epoch. */
  PointRecords(Precision precision, long now) {
    this.precision = precision;
    this.now = now;
  }

  /** Whether the measurement may be a kind's name. */
  static boolean mayBeKind(String measurement) {
    return !PointRows.isMarket(measurement) && NAME.matcher(measurement).matches();
  }

  /** The rows so far, by kind. */
  Map<String, List<Map<String, Object>>> rows() {
    return rows;
  }

  /** The line that became the row with that kind and index. */
  int line(String kind, int index) {
    return points.getOrDefault(kind, List.of()).get(index).line();
  }

  /** Adds a point of this kind. */
  void add(Point point) throws LineException {
    Map<String, Object> row = new LinkedHashMap<>();
    for (Map.Entry<String, Object> sent : point.values().entrySet()) {
      row.put(sent.getKey(), value(sent.getValue()));
    }
    long lineTime = point.time() == null ? now : precision.nanos(point.time());
    if (row.put(TS, lineTime) != null) {
      throw new LineException(point.line(), "ts is the line's own time, not a tag or field");
    }
    rows.computeIfAbsent(point.measurement(), first -> new ArrayList<>()).add(row);
    points.computeIfAbsent(point.measurement(), first -> new ArrayList<>()).add(point);
  }

  private static Object value(Object sent) {
    return sent instanceof Stamp at ? Instant.EPOCH.plusNanos(at.nanos()).toString() : sent;
  }
}
