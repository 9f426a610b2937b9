package dev.candlewick.client.format;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Reads a table on a thread of its own, a little ahead of whoever makes something of its lines. */
final class TableAhead implements Table {
  private static final int LINES = 256;
  private static final int BATCHES = 4;

  /** Some lines, after them what was thrown by the next, if anything was. */
  private static final class Batch {
    private final Cells[] lines = new Cells[LINES];
    private final long[] numbers = new long[LINES];
    private int count;
    private long number;
    private @Nullable Throwable thrown;
    private boolean isLast;

    Batch() {
      for (int i = 0; i < LINES; i++) {
        lines[i] = new Cells();
      }
    }
  }

  private final Table table;
  private final BlockingQueue<Batch> empty = new ArrayBlockingQueue<>(BATCHES);
  private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES);
  private final Thread reader = new Thread(this::read, "candlewick-file");
  private @Nullable Batch batch;
  private int at;
  private long number;

  TableAhead(Table table) {
    this.table = table;
    reader.setDaemon(true);
  }

  private void read() {
    try {
      for (boolean more = true; more; ) {
        Batch next = empty.take();
        fill(next);
        more = !next.isLast;
        full.put(next);
      }
    } catch (InterruptedException e) {
      // Closed: nobody waits for more.
    }
  }

  private void fill(Batch next) {
    next.thrown = null;
    next.count = 0;
    try {
      while (next.count < LINES && table.next(next.lines[next.count])) {
        next.numbers[next.count++] = table.number();
      }
      next.isLast = next.count < LINES;
    } catch (FormatException e) {
      next.thrown = e;
    } catch (IOException | RuntimeException | Error e) {
      next.thrown = e;
      next.isLast = true;
    }
    next.number = table.number();
  }

  @Override
  public List<String> columns() {
    return table.columns();
  }

  @Override
  public List<List<String>> peek(int count) throws IOException {
    if (reader.getState() != Thread.State.NEW) {
      throw new IllegalStateException("its lines are being read");
    }
    return table.peek(count);
  }

  @Override
  public boolean next(Cells cells) throws IOException {
    while (true) {
      Batch now = batch == null ? first() : batch;
      if (at < now.count) {
        number = now.numbers[at];
        cells.swap(now.lines[at++]);
        return true;
      }
      Throwable thrown = now.thrown;
      now.thrown = null;
      if (thrown != null) {
        number = now.number;
        cells.swap(now.lines[at]);
        raise(thrown);
      }
      if (now.isLast) {
        return false;
      }
      batch = following(now);
    }
  }

  private static void raise(Throwable thrown) throws IOException {
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (IOException) thrown;
  }

  private Batch first() throws IOException {
    for (int i = 0; i < BATCHES; i++) {
      empty.add(new Batch());
    }
    reader.start();
    batch = taken();
    return batch;
  }

  private Batch following(Batch done) throws IOException {
    empty.add(done);
    at = 0;
    return taken();
  }

  private Batch taken() throws IOException {
    try {
      return full.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public String place(long line) {
    return table.place(line);
  }

  @Override
  public void close() throws IOException {
    reader.interrupt();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    table.close();
  }
}
