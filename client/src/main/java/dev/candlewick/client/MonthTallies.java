package dev.candlewick.client;

import dev.candlewick.client.format.CanonicalRow;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tallies of the rows of files, by subject and month. */
final class MonthTallies {
  private final Map<Map<String, String>, TreeMap<YearMonth, Tally>> subjects =
      new LinkedHashMap<>();

  // Of the row before: mostly the next one's too.
  private Map<String, String> subject = Map.of();
  private Tally tally = new Tally();
  private long start;
  private long end;

  void add(CanonicalRow row) {
    long micros = row.micros();
    boolean isSameMonth = micros >= start && micros < end;
    if (!isSameMonth || !row.subject().equals(subject)) {
      subject = row.subject();
      YearMonth month = Month.of(micros);
      start = Month.start(month);
      end = Month.start(month.plusMonths(1));
      tally =
          subjects
              .computeIfAbsent(subject, any -> new TreeMap<>())
              .computeIfAbsent(month, any -> new Tally());
    }
    tally.add(micros, row.body());
  }

  /** All of them, by subject. */
  List<Month> all() {
    List<Month> all = new ArrayList<>();
    subjects.forEach(
        (name, its) ->
            its.forEach(
                (month, rows) -> {
                  boolean isFirst = month.equals(its.firstKey());
                  boolean isLast = month.equals(its.lastKey());
                  long from = isFirst ? rows.first() : Month.start(month);
                  long to = isLast ? rows.last() + 1 : Month.start(month.plusMonths(1));
                  all.add(new Month(name, month, from, to, rows));
                }));
    return all;
  }
}
