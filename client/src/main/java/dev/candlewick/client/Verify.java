package dev.candlewick.client;

import dev.candlewick.client.format.CanonicalRow;
import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.FileRows;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares files with what a server stores: reads the files again, reads the server back with its
 * own queries, and compares the rows of each subject, month by month.
 *
 * <p>From the first to the last row of a subject in the files the server must have exactly the
 * files' rows; it is not asked about months for which the files have nothing.
 */
final class Verify {
  /**
   * A server.
   *
   * @param source of candles: {@code auto}, {@code built} or {@code native}; empty for the venue's
   *     own, or auto for files written by {@code export}
   */
  record Against(Api api, String source) {}

  private final Against server;
  private final FileOptions options;
  private final Kind kind;
  private final PrintWriter out;
  private final Map<Integer, TreeMap<YearMonth, long[]>> months = new HashMap<>();
  private final Differences differences = new Differences();
  private boolean isExport = true;
  private long leftOut;

  Verify(Against server, FileOptions options, PrintWriter out) {
    this.server = server;
    this.options = options;
    this.kind = options.kind();
    this.out = out;
  }

  /**
   * Compares everything given, rows of one kind together.
   *
   * @param without rows that do not count, by their numbers in a file, from 0
   */
  static boolean all(
      Against server,
      List<FileArguments.Given> given,
      Map<FileArguments.Given, BitSet> without,
      PrintWriter out)
      throws IOException, InterruptedException {
    Map<FileOptions, List<Path>> files = new LinkedHashMap<>();
    given.forEach(
        file -> files.computeIfAbsent(file.options(), any -> new ArrayList<>()).add(file.file()));
    boolean equal = true;
    for (Map.Entry<FileOptions, List<Path>> kind : files.entrySet()) {
      equal &= new Verify(server, kind.getKey(), out).run(kind.getValue(), without);
    }
    return equal;
  }

  /**
   * Compares, and prints a table.
   *
   * @return whether everything is equal
   */
  private boolean run(List<Path> files, Map<FileArguments.Given, BitSet> without)
      throws IOException, InterruptedException {
    try (SortedRows rows = new SortedRows()) {
      for (Path file : files) {
        FileArguments.Given given = new FileArguments.Given(file, options);
        read(file, rows, without.getOrDefault(given, new BitSet()));
      }
      if (kind.equals(Kind.CANDLES)) {
        out.println("compared with candles of source " + source());
      }
      boolean equal = true;
      long all = 0;
      try (SortedRows.Merge merge = rows.merge()) {
        for (int subject = 0; subject < rows.subjects().size(); subject++) {
          Map<YearMonth, Tally[]> tallies = compare(subject, rows.subjects().get(subject), merge);
          for (Map.Entry<YearMonth, Tally[]> month : tallies.entrySet()) {
            equal &= show(rows.subjects().get(subject), month.getKey(), month.getValue());
            all += month.getValue()[0].rows();
          }
        }
      }
      differences.first().forEach(out::println);
      if (differences.count() > differences.first().size()) {
        out.println("... " + differences.count() + " rows differ in all");
      }
      if (leftOut > 0) {
        out.println(leftOut + " rows that the server refused, or would, were left out");
      }
      out.println(
          equal ? "verified: all " + all + " rows are stored as in the files" : "NOT EQUAL");
      out.flush();
      return equal;
    }
  }

  private String source() {
    String said = server.source();
    return said.isEmpty() ? isExport ? "auto" : "native" : said;
  }

  private void read(Path file, SortedRows into, BitSet without) throws IOException {
    int number = -1;
    try (FileRows rows = new FileRows(file, options, found -> {})) {
      List<String> defaults = List.of();
      CanonicalRow.Reading reading = CanonicalRow.Reading.of(kind, defaults);
      while (next(rows)) {
        number++;
        if (without.get(number)) {
          leftOut++;
          continue;
        }
        if (defaults != rows.defaults()) {
          defaults = rows.defaults();
          reading = CanonicalRow.Reading.of(kind, defaults);
        }
        CanonicalRow row = row(reading, rows);
        if (row == null) {
          leftOut++;
          continue;
        }
        int subject = into.add(row);
        long[] range =
            months
                .computeIfAbsent(subject, any -> new TreeMap<>())
                .computeIfAbsent(
                    month(row.micros()), any -> new long[] {Long.MAX_VALUE, Long.MIN_VALUE});
        range[0] = Math.min(range[0], row.micros());
        range[1] = Math.max(range[1], row.micros());
      }
      isExport &= rows.isOwn();
    }
  }

  /** Null for a row without a readable time, which no server accepts. */
  private static @Nullable CanonicalRow row(CanonicalRow.Reading reading, FileRows rows) {
    try {
      return CanonicalRow.of(reading, rows.json());
    } catch (IOException e) {
      return null;
    }
  }

  /** Lines that cannot be read were not sent, or are in the file of rejects. */
  private static boolean next(FileRows rows) throws IOException {
    while (true) {
      try {
        return rows.next();
      } catch (FileRows.BadLineException e) {
        // The next one may be a row.
      }
    }
  }

  private static YearMonth month(long micros) {
    return YearMonth.from(
        Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atZone(ZoneOffset.UTC).toLocalDate());
  }

  private static long start(YearMonth month) {
    return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond() * 1_000_000;
  }

  /** Both tallies of each month: the file's and the server's. */
  private Map<YearMonth, Tally[]> compare(
      int subject, Map<String, String> name, SortedRows.Merge file)
      throws IOException, InterruptedException {
    Map<YearMonth, Tally[]> tallies = new TreeMap<>();
    TreeMap<YearMonth, long[]> ranges = months.getOrDefault(subject, new TreeMap<>());
    for (Map.Entry<YearMonth, long[]> month : ranges.entrySet()) {
      boolean isFirst = month.getKey().equals(ranges.firstKey());
      boolean isLast = month.getKey().equals(ranges.lastKey());
      long from = isFirst ? month.getValue()[0] : start(month.getKey());
      long to = isLast ? month.getValue()[1] + 1 : start(month.getKey().plusMonths(1));
      Tally[] both = {new Tally(), new Tally()};
      tallies.put(month.getKey(), both);
      StoredRows stored = new StoredRows(server.api(), kind, name, source(), from, to);
      long end = start(month.getKey().plusMonths(1));
      while (true) {
        SortedRows.Entry own = file.peek();
        boolean ours = own != null && own.subject() == subject && own.micros() < end;
        CanonicalRow theirs = stored.peek();
        if (!ours && theirs == null) {
          break;
        }
        long time =
            Math.min(
                ours && own != null ? own.micros() : Long.MAX_VALUE,
                theirs == null ? Long.MAX_VALUE : theirs.micros());
        Map<String, String> inFile = taken(file, subject, time);
        Map<String, String> inServer = taken(stored, time);
        inFile.values().forEach(body -> both[0].add(time, body));
        inServer.values().forEach(body -> both[1].add(time, body));
        differences.compare(name, time, inFile, inServer);
      }
    }
    return tallies;
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
      boolean keep = before == null || (isCorrected() && !reopens(before, row.body()));
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

  /** There is one candle per time, and one record per key. */
  private boolean isUnique() {
    return kind.equals(Kind.CANDLES) || kind.isRecords();
  }

  /** A later candle, or state of a record, replaces an earlier one; a trade does not. */
  private boolean isCorrected() {
    return isUnique();
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

  private boolean show(Map<String, String> subject, YearMonth month, Tally[] both) {
    boolean equal = both[0].isAs(both[1]);
    String name = String.join(" ", subject.values());
    if (equal) {
      out.println("equal   " + name + " " + month + ": " + both[0]);
    } else {
      out.println("DIFFERS " + name + " " + month + ": file   " + both[0]);
      out.println("        " + name + " " + month + ": stored " + both[1]);
    }
    return equal;
  }

  /** The first rows that differ. */
  static final class Differences {
    private static final int SHOWN = 20;

    private final List<String> first = new ArrayList<>();
    private long count;

    void compare(
        Map<String, String> subject,
        long time,
        Map<String, String> inFile,
        Map<String, String> stored) {
      if (inFile.equals(stored)) {
        return;
      }
      String where = String.join(" ", subject.values()) + " " + Tally.time(time) + ": ";
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
}
