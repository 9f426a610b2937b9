package dev.candlewick.bench;

import dev.candlewick.bench.BackfillBench.Load;
import dev.candlewick.bench.BackfillBench.Loaded;
import dev.candlewick.bench.BackfillBench.Reads;
import dev.candlewick.bench.LatencyBench.Latencies;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The lines of the table about backfills: shapes, sizes, and their effect on others. */
final class BackfillRows {
  /** Databases with so many chunks of trades are compared. */
  private static final List<Integer> CHUNKS = List.of(300, 2_000);

  private static final int MONTH = 30;
  private static final int MONTH_TRADES = 43_200;
  private static final int LIVE_TRADES_A_SECOND = 1_000;
  private static final Duration READS_ALONE = Duration.ofSeconds(5);
  private static final String ONE_DAY = "one day of 20 instruments";
  private static final String OTHERS = "read of 1,000 of other instruments";

  private final Database database;
  private final BackfillBench backfill;
  private final LatencyBench latency;
  private final IngestBench ingest;
  private final BenchTrades live;
  private final Figures figures;
  private final Consumer<String> progress;

  BackfillRows(
      Database database,
      BackfillBench backfill,
      LatencyBench latency,
      IngestBench ingest,
      BenchTrades live,
      Figures figures,
      Consumer<String> progress) {
    this.database = database;
    this.backfill = backfill;
    this.latency = latency;
    this.ingest = ingest;
    this.live = live;
    this.figures = figures;
    this.progress = progress;
  }

  /** Each shape {@code runs} times, the single large load of {@code rows} once. */
  void run(int runs, int rows) throws Exception {
    progress.accept("backfill: warming up");
    backfill.trades(backfill.load(1, 2, 2_880), false);
    String first = "";
    for (int chunks : CHUNKS) {
      progress.accept("backfill: a month, in a database of %,d chunks".formatted(chunks));
      database.makeChunks(chunks);
      String name = "a month of one instrument, %,d chunks".formatted(chunks);
      for (int run = 0; run < runs; run++) {
        add(name, first.isEmpty() ? name : first, backfill.trades(month(1), false));
      }
      first = name;
    }
    for (int run = 0; run < runs; run++) {
      progress.accept("backfill: shapes, run %d of %d".formatted(run + 1, runs));
      add("a month backwards in time", first, backfill.trades(month(1), true));
      add("a month of 20 instruments", first, backfill.trades(month(20), false));
      String years = "a trade a day of ten years";
      add(years, years, backfill.trades(backfill.load(1, 3_650, 3_650), false));
    }
    large(rows);
  }

  private Load month(int instruments) {
    return backfill.load(instruments, MONTH, MONTH_TRADES / instruments);
  }

  private void add(String name, String against, Loaded loaded) {
    String before = name.equals(against) ? "" : against;
    line(name + ": 1d right", "s", before, ": 1d right", loaded.firstSeconds());
    line(name + ": all right", "s", before, ": all right", loaded.allSeconds());
    line(name + ": all stored", "s", before, ": all stored", loaded.storedSeconds());
  }

  private void line(String name, String unit, String against, String what, double value) {
    figures.add(name, unit, against.isEmpty() ? null : against + what, value);
  }

  /**
   * Trades of 200 days and 20 instruments against the same number in one day, then again beside
   * others; 1m candles of two years.
   */
  private void large(int rows) throws Exception {
    progress.accept("backfill: %,d trades of 200 days, and as many of one".formatted(rows));
    Load day = backfill.load(20, 1, rows / 20);
    figures.add(ONE_DAY, "rows/s", null, backfill.trades(day, false).rowsASecond());
    String days = "200 days of 20 instruments";
    Loaded ofDays = backfill.trades(backfill.load(20, 200, rows / 20), false);
    figures.add(days, "rows/s", ONE_DAY, ofDays.rowsASecond());
    add("  " + days, "  " + days, ofDays);
    Latencies alone = latency.run(ingest, live, LIVE_TRADES_A_SECOND, 5);
    quantiles("trade to subscriber", "", alone.toSubscriber());
    long end = System.nanoTime() + READS_ALONE.toNanos();
    Reads readsAlone = backfill.readUntil(day, () -> System.nanoTime() >= end);
    quantiles(OTHERS, "", readsAlone.milliseconds());
    Load past = backfill.load(20, 200, rows / 20);
    beside(days + ", beside others", past, day, () -> backfill.trades(past, false));
    progress.accept("backfill: %,d 1m candles of two years".formatted(rows));
    Load years = backfill.load(50, 730, rows / 50);
    beside("1m candles, 2 years of 50 instruments", years, day, () -> backfill.candles(years));
  }

  /** What loads. */
  private interface Loading {
    Loaded load() throws Exception;
  }

  /** A load next to reads of it, to reads of another and to live trades of other instruments. */
  private void beside(String name, Load load, Load other, Loading loading) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService others = Executors.newFixedThreadPool(3);
    try {
      Future<Reads> reads = others.submit(() -> backfill.readUntil(load, done::get));
      Future<Reads> ofOther = others.submit(() -> backfill.readUntil(other, done::get));
      Future<Latencies> latencies =
          others.submit(() -> latency.run(ingest, live, LIVE_TRADES_A_SECOND, 5));
      Loaded loaded = loading.load();
      String live = "  " + name + ": trade to subscriber";
      quantiles(live, "trade to subscriber", latencies.get().toSubscriber());
      done.set(true);
      figures.add(name, "rows/s", null, loaded.rowsASecond());
      add("  " + name, "  " + name, loaded);
      String read = "  " + name + ": read of 1,000";
      quantiles(read, "", reads.get().milliseconds());
      int refused = reads.get().refused() + ofOther.get().refused();
      figures.add(read + ", refused", "reads", null, refused);
      quantiles("  " + name + ": " + OTHERS, OTHERS, ofOther.get().milliseconds());
    } finally {
      others.shutdownNow();
    }
  }

  private void quantiles(String name, String against, double[] milliseconds) {
    for (double share : new double[] {0.5, 0.99}) {
      String which = share == 0.5 ? ", p50" : ", p99";
      figures.add(
          name + which,
          "ms",
          against.isEmpty() ? null : against + which,
          Figures.quantile(milliseconds, share));
    }
  }
}
