package dev.candlewick.client;

import dev.candlewick.client.format.CanonicalRow;
import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.FileRows;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares files with what a server stores: reads the files again, reads the server back with its
 * own queries, and compares the rows of each subject, month by month. A month whose rows have the
 * same digest is equal; files with others are read once more, and those rows compared one by one.
 *
 * <p>From the first to the last row of a subject in the files the server must have exactly the
 * files' rows; it is not asked about months for which the files have nothing.
 */
final class Verify {
  /** The server reads one while another is digested here. */
  private static final int MONTHS_AT_ONCE = 2;

  /**
   * A server.
   *
   * @param source of candles: {@code auto}, {@code built} or {@code native}; empty for the venue's
   *     own, or auto for files written by {@code export}
   */
  record Against(Api api, String source) {}

  private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What is done with a file's rows. */
  @FunctionalInterface
  private interface Rows {
    void add(CanonicalRow row) throws IOException;
  }

  private final Against server;
  private final FileOptions options;
  private final Kind kind;
  private final PrintWriter out;
  private final Consumer<String> told;
  private final RowComparison comparison;
  private long toldAt = System.nanoTime();
  private boolean isExport = true;

  private Verify(Against server, FileOptions options, PrintWriter out, Consumer<String> told) {
    this.server = server;
    this.options = options;
    this.kind = options.kind();
    this.out = out;
    this.told = told;
    comparison = new RowComparison(kind);
  }

  /**
   * Compares everything given, rows of one kind together.
   *
   * @param without rows that do not count, by their numbers in a file, from 0
   * @param told receives how far a large file has been read
   */
  static boolean all(
      Against server,
      List<FileArguments.Given> given,
      Map<FileArguments.Given, BitSet> without,
      PrintWriter out,
      Consumer<String> told)
      throws IOException, InterruptedException {
    Map<FileOptions, List<Path>> files = new LinkedHashMap<>();
    given.forEach(
        file -> files.computeIfAbsent(file.options(), any -> new ArrayList<>()).add(file.file()));
    boolean equal = true;
    for (Map.Entry<FileOptions, List<Path>> kind : files.entrySet()) {
      equal &= new Verify(server, kind.getKey(), out, told).run(kind.getValue(), without);
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
    MonthTallies tallies = new MonthTallies();
    long leftOut = read(files, without, tallies::add);
    if (kind.equals(Kind.CANDLES)) {
      out.println("compared with candles of source " + source());
    }
    List<Month> months = tallies.all();
    List<Month> differing = showEqual(months);
    long rows =
        months.stream().mapToLong(month -> month.inFiles().rows()).sum()
            - differing.stream().mapToLong(month -> month.inFiles().rows()).sum();
    boolean equal = true;
    if (!differing.isEmpty()) {
      for (Tally[] both : showRows(differing, files, without)) {
        equal &= both[0].isAs(both[1]);
        rows += both[0].rows();
      }
    }
    comparison.first().forEach(out::println);
    if (comparison.count() > comparison.first().size()) {
      out.println("... " + comparison.count() + " rows differ in all");
    }
    if (leftOut > 0) {
      out.println(leftOut + " rows that the server refused, or would, were left out");
    }
    out.println(equal ? "verified: all " + rows + " rows are stored as in the files" : "NOT EQUAL");
    out.flush();
    return equal;
  }

  private String source() {
    String said = server.source();
    return said.isEmpty() ? isExport ? "auto" : "native" : said;
  }

  private StoredRows stored(Month month) {
    return new StoredRows(server.api(), kind, month.subject(), source(), month.from(), month.to());
  }

  /** Reads the files; returns how many of their rows are left out. */
  private long read(List<Path> files, Map<FileArguments.Given, BitSet> without, Rows into)
      throws IOException {
    long leftOut = 0;
    for (Path file : files) {
      FileArguments.Given given = new FileArguments.Given(file, options);
      leftOut += read(file, without.getOrDefault(given, new BitSet()), into);
    }
    return leftOut;
  }

  private long read(Path file, BitSet without, Rows into) throws IOException {
    long leftOut = 0;
    try (FileRows rows = new FileRows(file, options, found -> {})) {
      List<String> defaults = List.of();
      CanonicalRow.Reading reading = CanonicalRow.Reading.of(kind, defaults);
      for (int number = 0; next(rows); number++) {
        if (defaults != rows.defaults()) {
          defaults = rows.defaults();
          reading = CanonicalRow.Reading.of(kind, defaults);
        }
        if (System.nanoTime() - toldAt > TELL_EVERY_NANOS) {
          told.accept(String.format(Locale.ROOT, "%s: %,d rows read", file, number));
          toldAt = System.nanoTime();
        }
        CanonicalRow row = without.get(number) ? null : row(reading, rows);
        if (row == null) {
          leftOut++;
        } else {
          into.add(row);
        }
      }
      isExport &= rows.isOwn();
    }
    return leftOut;
  }

  /** Null for a row without a readable time, which no server accepts. */
  private static @Nullable CanonicalRow row(CanonicalRow.Reading reading, FileRows rows) {
    try {
      return reading.row(rows.json());
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

  /** Shows the months whose digests are equal; returns the others. */
  private List<Month> showEqual(List<Month> months) throws IOException, InterruptedException {
    ExecutorService readers = Executors.newFixedThreadPool(MONTHS_AT_ONCE);
    try {
      List<Future<Tally>> inServer =
          months.stream().map(month -> readers.submit(() -> tally(stored(month)))).toList();
      List<Month> differing = new ArrayList<>();
      for (int i = 0; i < months.size(); i++) {
        Month month = months.get(i);
        if (month.inFiles().isAs(inServer.get(i).get())) {
          show(month, month.inFiles());
        } else {
          differing.add(month);
        }
      }
      return differing;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
    } finally {
      readers.shutdownNow();
    }
  }

  private static Tally tally(StoredRows stored) throws IOException, InterruptedException {
    Tally tally = new Tally();
    for (CanonicalRow row = stored.peek(); row != null; row = stored.peek()) {
      tally.add(row.micros(), row.body());
      stored.pass();
    }
    return tally;
  }

  /**
   * Reads those months of the files once more, and compares and shows them. They may yet be equal:
   * a file may have rows twice, or corrections of earlier ones.
   */
  private List<Tally[]> showRows(
      List<Month> months, List<Path> files, Map<FileArguments.Given, BitSet> without)
      throws IOException, InterruptedException {
    Map<Map<String, String>, List<Month>> wanted =
        months.stream().collect(Collectors.groupingBy(Month::subject));
    List<Tally[]> compared = new ArrayList<>();
    try (SortedRows rows = new SortedRows(Path.of(System.getProperty("java.io.tmpdir")))) {
      read(
          files,
          without,
          row -> {
            List<Month> its = wanted.getOrDefault(row.subject(), List.of());
            if (its.stream().anyMatch(month -> month.has(row.micros()))) {
              rows.add(row);
            }
          });
      SortedRows.Merge merge = rows.merge();
      for (int subject = 0; subject < rows.subjects().size(); subject++) {
        List<Month> its = wanted.getOrDefault(rows.subjects().get(subject), List.of());
        for (Month month : its) {
          Tally[] both = comparison.compare(month, subject, merge, stored(month));
          compared.add(both);
          if (both[0].isAs(both[1])) {
            show(month, both[0]);
          } else {
            out.println("DIFFERS " + month + ": file   " + both[0]);
            out.println("        " + month + ": stored " + both[1]);
          }
        }
      }
    }
    return compared;
  }

  private void show(Month month, Tally rows) {
    out.println("equal   " + month + ": " + rows);
    out.flush();
  }
}
