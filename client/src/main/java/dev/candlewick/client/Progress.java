package dev.candlewick.client;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The progress of an import: a bar on a terminal, otherwise a line each time it is reported. */
final class Progress {
  private static final int BAR = 30;

  private final long total;
  private final PrintWriter err;
  private final boolean terminal = isTerminal();
  private final long startedAt = System.nanoTime();

  /** {@code total}: the total number of rows. */
  Progress(long total, PrintWriter err) {
    this.total = total;
    this.err = err;
  }

  private static boolean isTerminal() {
    var console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From JDK 22 on there is a console even without a terminal.
      return (Boolean) console.getClass().getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /**
   * Reports progress.
   *
   * @param done rows that are finished, including those of earlier runs
   * @param now the ones among them that this run has sent
   */
  void show(long done, long now) {
    double seconds = (System.nanoTime() - startedAt) / (double) TimeUnit.SECONDS.toNanos(1);
    double rate = now / Math.max(seconds, 0.001);
    String left = rate < 1 ? "" : ", " + time((total - done) / rate) + " left";
    int percent = total == 0 ? 100 : (int) (100 * done / total);
    String text =
        String.format(Locale.ROOT, "%,d of %,d rows, %,.0f rows/s%s", done, total, rate, left);
    if (terminal) {
      int full = BAR * percent / 100;
      String bar = "#".repeat(full) + ".".repeat(BAR - full);
      err.print("\r[" + bar + "] " + percent + "% " + text + "\u001b[K");
    } else {
      err.println(percent + "% " + text);
    }
    err.flush();
  }

  /** Leaves the bar's line. */
  void end() {
    if (terminal) {
      err.println();
      err.flush();
    }
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
