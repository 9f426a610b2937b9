package dev.candlewick.client;

import dev.candlewick.client.format.CanonicalRow;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares rows of files and of a server one by one, and keeps the first that differ. */
final class RowComparison {
  private static final int SHOWN = 20;

  private final Kind kind;
  private final List<String> first = new ArrayList<>();
  private long count;

  RowComparison(Kind kind) {
    this.kind = kind;
  }

  /**
   * Compares a month.
   *
   * @param subject its number in {@code file}, which has no other row before the month's
   * @return tallies of the files' rows as the server must have them, and of the server's
   */
  Tally[] compare(Month month, int subject, SortedRows.Merge file, StoredRows stored)
      throws IOException, InterruptedException {
    Tally[] both = {new Tally(), new Tally()};
    while (true) {
      SortedRows.Entry ours = next(file, subject, month.to());
      CanonicalRow theirs = stored.peek();
      if (ours == null && theirs == null) {
        return both;
      }
      long time =
          Math.min(
              ours == null ? Long.MAX_VALUE : ours.micros(),
              theirs == null ? Long.MAX_VALUE : theirs.micros());
      Map<String, String> inFile = taken(file, subject, time);
      Map<String, String> inServer = taken(stored, time);
      inFile.values().forEach(body -> both[0].add(time, body));
      inServer.values().forEach(body -> both[1].add(time, body));
      if (!inFile.equals(inServer)) {
        String where = String.join(" ", month.subject().values()) + " " + Tally.time(time) + ": ";
        note(where, inFile, inServer);
      }
    }
  }

  private static SortedRows.@Nullable Entry next(SortedRows.Merge file, int subject, long end) {
    SortedRows.Entry next = file.peek();
    return next != null && next.subject() == subject && next.micros() < end ? next : null;
  }

  /** The file's rows in that time, by identity, as the server must have them. */
  private Map<String, String> taken(SortedRows.Merge file, int subject, long time)
      throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    for (SortedRows.Entry row = file.peek();
        row != null && row.subject() == subject && row.micros() == time;
        row = file.peek()) {
      file.pass();
      String key = row.id().isEmpty() && !isUnique() ? unnamed(rows, row.body()) : row.id();
      String before = rows.get(key);
      boolean keep = before == null || (isUnique() && !reopens(before, row.body()));
      if (keep) {
        rows.put(key, row.body());
      }
    }
    return rows;
  }

  private Map<String, String> taken(StoredRows stored, long time)
      throws IOException, InterruptedException {
    Map<String, String> rows = new LinkedHashMap<>();
    for (CanonicalRow row = stored.peek();
        row != null && row.micros() == time;
        row = stored.peek()) {
      stored.pass();
      String body = row.body();
      rows.put(row.id().isEmpty() && !isUnique() ? unnamed(rows, body) : row.id(), body);
    }
    return rows;
  }

  /** There is one candle per time, and one record per key; a later one replaces it. */
  private boolean isUnique() {
    return kind.equals(Kind.CANDLES) || kind.isRecords();
  }

  private static boolean reopens(String before, String after) {
    return after.contains("closed=false") && !before.contains("closed=false");
  }

  /** Rows without an id are identified by their content and how often it occurs. */
  private static String unnamed(Map<String, String> rows, String body) {
    int copy = 0;
    while (rows.containsKey("\t" + body + "\t" + copy)) {
      copy++;
    }
    return "\t" + body + "\t" + copy;
  }

  private void note(String where, Map<String, String> inFile, Map<String, String> stored) {
    inFile.forEach(
        (key, body) -> {
          String other = stored.get(key);
          if (other == null) {
            add(where + "only in the file: " + body);
          } else if (!other.equals(body)) {
            add(where + "file " + body + "; stored " + other);
          }
        });
    stored.forEach(
        (key, body) -> {
          if (!inFile.containsKey(key)) {
            add(where + "only stored: " + body);
          }
        });
  }

  private void add(String difference) {
    count++;
    if (first.size() < SHOWN) {
      first.add(difference);
    }
  }

  List<String> first() {
    return first;
  }

  long count() {
    return count;
  }
}
