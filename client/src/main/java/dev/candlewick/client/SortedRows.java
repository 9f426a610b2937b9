package dev.candlewick.client;

import dev.candlewick.client.format.CanonicalRow;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * More rows than fit in memory, sorted by subject and time: runs of them on disk, merged when they
 * are read. Rows that arrive in order form one run. The files lose their names when they are
 * opened: whatever happens, nothing is left of them.
 */
final class SortedRows implements Closeable {
  private static final int ROWS_IN_MEMORY = 100_000;
  private static final long CHARACTERS_IN_MEMORY = 16 << 20;

  /** A row: {@code subject} by its number, {@code order} as it was added. */
  record Entry(int subject, long micros, long order, String id, String body) {}

  private static final Comparator<Entry> BY_TIME =
      Comparator.comparingInt(Entry::subject)
          .thenComparingLong(Entry::micros)
          .thenComparingLong(Entry::order);

  private final Path folder;
  private final List<FileChannel> runs = new ArrayList<>();
  private final Map<Map<String, String>, Integer> numbers = new HashMap<>();
  private final List<Map<String, String>> subjects = new ArrayList<>();
  private final List<Entry> held = new ArrayList<>();
  private @Nullable DataOutputStream run;
  private @Nullable Entry last;
  private long order;
  private long characters;

  /** {@code folder}: where there is room. */
  SortedRows(Path folder) {
    this.folder = folder;
  }

  /** Adds a row. */
  void add(CanonicalRow row) throws IOException {
    Integer number = numbers.get(row.subject());
    if (number == null) {
      number = subjects.size();
      numbers.put(row.subject(), number);
      subjects.add(row.subject());
    }
    held.add(new Entry(number, row.micros(), order++, row.id(), row.body()));
    characters += held.get(held.size() - 1).body().length();
    if (held.size() == ROWS_IN_MEMORY || characters > CHARACTERS_IN_MEMORY) {
      spill();
    }
  }

  /** All subjects, by their numbers. */
  List<Map<String, String>> subjects() {
    return subjects;
  }

  private void spill() throws IOException {
    held.sort(BY_TIME);
    try {
      DataOutputStream out = run;
      if (out == null || last == null || BY_TIME.compare(last, held.get(0)) > 0) {
        flush();
        out = open();
        run = out;
      }
      for (Entry row : held) {
        out.writeInt(row.subject());
        out.writeLong(row.micros());
        out.writeLong(row.order());
        write(out, row.id());
        write(out, row.body());
      }
    } catch (IOException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
    last = held.get(held.size() - 1);
    held.clear();
    characters = 0;
  }

  private DataOutputStream open() throws IOException {
    FileChannel file =
        FileChannel.open(
            Files.createTempFile(folder, "candlewick-verify", ""),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    runs.add(file);
    return new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16));
  }

  private void flush() throws IOException {
    if (run != null) {
      run.flush();
    }
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Goes through all rows in order, once. */
  Merge merge() throws IOException {
    if (!held.isEmpty()) {
      spill();
    }
    flush();
    return new Merge(runs);
  }

  @Override
  public void close() throws IOException {
    for (FileChannel file : runs) {
      file.close();
    }
  }

  /** The rows of all runs in order. */
  static final class Merge {
    private record Head(Entry row, DataInputStream rest) {}

    private final PriorityQueue<Head> heads =
        new PriorityQueue<>(Comparator.comparing(Head::row, BY_TIME));

    Merge(List<FileChannel> runs) throws IOException {
      for (FileChannel file : runs) {
        InputStream bytes = Channels.newInputStream(file.position(0));
        next(new DataInputStream(new BufferedInputStream(bytes, 1 << 14)));
      }
    }

    private void next(DataInputStream in) throws IOException {
      int subject;
      try {
        subject = in.readInt();
      } catch (EOFException e) {
        return;
      }
      long micros = in.readLong();
      long order = in.readLong();
      heads.add(new Head(new Entry(subject, micros, order, read(in), read(in)), in));
    }

    private static String read(DataInputStream in) throws IOException {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The next row, without moving past it; null at the end. */
    @Nullable Entry peek() {
      Head head = heads.peek();
      return head == null ? null : head.row();
    }

    /** Moves past it. */
    void pass() throws IOException {
      Head head = heads.poll();
      if (head != null) {
        next(head.rest());
      }
    }
  }
}
