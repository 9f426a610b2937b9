package dev.candlewick.ingest.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that knows what fsync has made certain. A {@link #crash} loses the rest, or
 * keeps a part of it: some of the bytes, in any of the places that were written to.
 */
public final class FakeDisk implements Disk {
  private static final int SECTOR = 16;

  private final Map<String, Content> files = new TreeMap<>();
  private final List<String> quarantine = new ArrayList<>();
  private final Random random;
  private double failures;
  private boolean gone;
  private long crashAt = -1;
  private Runnable meanwhile = () -> {};

  /** How much there is room for. */
  public long capacity = Long.MAX_VALUE;

  /** Chooses with this what fails and what a crash leaves. */
  public FakeDisk(Random random) {
    this.random = random;
  }

  /** What a process wrote to a file, and how much of it is certain. */
  private static final class Content {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int synced;
  }

  /** From now on a write or fsync fails with this probability. */
  public void failing(double probability) {
    failures = probability;
  }

  /** What others do while a write or an fsync takes its time. */
  public void meanwhile(Runnable others) {
    meanwhile = others;
  }

  /** The process dies in the middle of an operation. */
  public static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The process dies in the operation after so many others. */
  public void crashAt(long operations) {
    crashAt = operations;
  }

  /** The process has died: who still holds this disk gets no further. What the next one finds. */
  public FakeDisk crash() {
    gone = true;
    FakeDisk after = new FakeDisk(random);
    after.meanwhile = meanwhile;
    files.forEach((name, content) -> after.put(name, left(content)));
    after.quarantine.addAll(quarantine);
    return after;
  }

  private byte[] left(Content content) {
    byte[] all = content.bytes.toByteArray();
    int length = content.synced + random.nextInt(all.length - content.synced + 1);
    byte[] left = java.util.Arrays.copyOf(all, length);
    boolean whole = random.nextBoolean();
    for (int i = content.synced; i < length; i++) {
      boolean lost = !whole && (i * 31L + length) / SECTOR % 3 == 0;
      left[i] = lost ? 0 : left[i];
    }
    return left;
  }

  /** Puts a file there, certain. */
  public void put(String name, byte[] bytes) {
    Content content = new Content();
    content.bytes.writeBytes(bytes);
    content.synced = bytes.length;
    files.put(name, content);
  }

  /** What a file holds. */
  public byte[] bytes(String name) {
    return content(name).bytes.toByteArray();
  }

  private Content content(String name) {
    Content content = files.get(name);
    if (content == null) {
      throw new IllegalStateException("no file " + name);
    }
    return content;
  }

  private void mayFail() throws IOException {
    if (gone) {
      throw new IOException("the process is dead");
    }
    if (crashAt-- == 0) {
      gone = true;
      throw new Crash();
    }
    if (random.nextDouble() < failures) {
      throw new IOException("Input/output error");
    }
  }

  @Override
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public File create(String name) throws IOException {
    mayFail();
    if (files.putIfAbsent(name, new Content()) != null) {
      throw new IOException(name + " is there already");
    }
    return new OpenFile(content(name));
  }

  @Override
  public File open(String name) {
    return new OpenFile(content(name));
  }

  @Override
  public void delete(String name) throws IOException {
    mayFail();
    files.remove(name);
  }

  @Override
  public void quarantine(String name) throws IOException {
    mayFail();
    files.remove(name);
    quarantine.add(name);
  }

  @Override
  public int quarantined() {
    return quarantine.size();
  }

  @Override
  public long freeBytes() {
    long used = files.values().stream().mapToLong(content -> content.bytes.size()).sum();
    return capacity - used;
  }

  @Override
  public void close() {
    gone = true;
  }

  private final class OpenFile implements File {
    private final Content content;

    OpenFile(Content content) {
      this.content = content;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      byte[] all = new byte[bytes.remaining()];
      bytes.get(all);
      int written = gone ? 0 : random.nextInt(all.length + 1);
      content.bytes.write(all, 0, written);
      meanwhile.run();
      mayFail();
      content.bytes.write(all, written, all.length - written);
    }

    @Override
    public void sync() throws IOException {
      meanwhile.run();
      mayFail();
      content.synced = content.bytes.size();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
      if (gone) {
        throw new IOException("the process is dead");
      }
      byte[] all = content.bytes.toByteArray();
      int count = (int) Math.max(0, Math.min(into.remaining(), all.length - position));
      into.put(all, (int) position, count);
    }

    @Override
    public long size() {
      return content.bytes.size();
    }

    @Override
    public void close() {}
  }
}
