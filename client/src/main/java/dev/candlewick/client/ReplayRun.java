package dev.candlewick.client;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Several replays at once, one thread each, and their output. */
final class ReplayRun {
  private static final int PROGRESS_SECONDS = 2;

  /** How many rows of a stream were rejected, including those of earlier runs. */
  @FunctionalInterface
  interface Rejected {
    long of(Replay replay) throws IOException, InterruptedException;
  }

  private final String name;
  private final List<Replay> replays;
  private final PrintWriter out;
  private final PrintWriter err;
  private int most = Integer.MAX_VALUE;
  private @Nullable Progress progress;
  private Rejected rejectedOf = replay -> replay.result().rejected();
  private long earlierRejected;

  /** {@code name}: the command's, printed before errors. */
  ReplayRun(String name, List<Replay> replays, PrintWriter out, PrintWriter err) {
    this.name = name;
    this.replays = replays;
    this.out = out;
    this.err = err;
  }

  /** At most that many at the same time. */
  ReplayRun atOnce(int count) {
    most = count;
    return this;
  }

  /** Shows the total progress every second, instead of each file's. */
  ReplayRun showing(Progress all) {
    progress = all;
    return this;
  }

  /** Asks this of each file at its end. */
  ReplayRun asking(Rejected rejected) {
    rejectedOf = rejected;
    return this;
  }

  /** Runs all to the end; 0 if every row is committed, 1 if not. */
  int run() throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(most, replays.size()));
    Map<Replay, Future<?>> running = new LinkedHashMap<>();
    try {
      replays.forEach(replay -> running.put(replay, threads.submit(replay)));
      threads.shutdown();
      Progress all = progress;
      while (!threads.awaitTermination(all == null ? PROGRESS_SECONDS : 1, TimeUnit.SECONDS)) {
        if (all == null) {
          running.forEach(this::showProgress);
        } else {
          show(all);
        }
      }
      if (all != null) {
        all.end();
      }
    } finally {
      threads.shutdownNow();
    }
    boolean complete = true;
    for (Map.Entry<Replay, Future<?>> ended : running.entrySet()) {
      complete &= showEnd(ended.getKey(), ended.getValue());
    }
    return showSum() && complete ? 0 : 1;
  }

  private void show(Progress all) {
    long done = 0;
    long now = 0;
    for (Replay replay : replays) {
      Replay.Result result = replay.result();
      now += result.committed() + result.rejected();
      done += result.passedOver() + result.committed() + result.rejected();
    }
    all.show(done, now);
  }

  private void showProgress(Replay replay, Future<?> end) {
    String progress = end.isDone() ? "" : replay.progress();
    if (!progress.isEmpty()) {
      err.println(progress);
      err.flush();
    }
  }

  /** Reports on one file; false if it was not sent to the end, or rows may have been rejected. */
  private boolean showEnd(Replay replay, Future<?> end) throws InterruptedException {
    Replay.Result result = replay.result();
    boolean known = true;
    long refused = 0;
    try {
      // Rejects that the server no longer keeps were counted by this run's acks.
      refused = Math.max(0, rejectedOf.of(replay) - result.rejected());
    } catch (IOException e) {
      known = replay.heardAll();
      err.println(replay.file() + ": cannot ask which rows were rejected: " + e.getMessage());
    }
    earlierRejected += refused;
    if (result.passedOver() > 0) {
      err.println(
          replay.file()
              + ": "
              + (result.passedOver() - refused)
              + (known ? " rows were committed" : " rows were committed or rejected")
              + " by an earlier run"
              + (refused == 0 ? "" : ", " + refused + " were rejected then"));
    }
    if (replay.wasSetBack()) {
      err.println(
          replay.file() + ": the database was set back in time: what it lost was sent again");
    }
    for (String row : result.first()) {
      err.println(replay.file() + ": rejected: " + row);
    }
    try {
      end.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      err.println(name + ": " + (cause == null ? e.getMessage() : cause.getMessage()));
      return false;
    }
    if (result.sent() + result.passedOver() == 0) {
      err.println(replay.file() + ": no row in it");
    }
    return known;
  }

  /** The last line; false if rows were rejected. */
  private boolean showSum() {
    long sent = 0;
    long committed = 0;
    long duplicates = 0;
    long rejected = 0;
    for (Replay replay : replays) {
      Replay.Result result = replay.result();
      sent += result.sent();
      committed += result.committed();
      duplicates += result.duplicates();
      rejected += result.rejected();
    }
    err.flush();
    out.printf(
        Locale.ROOT,
        "sent %d rows, committed %d, duplicates %d, rejected %d%n",
        sent,
        committed,
        duplicates,
        rejected);
    out.flush();
    return rejected + earlierRejected == 0;
  }
}
