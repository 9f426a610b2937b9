package dev.candlewick.ingest.spool;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A directory that only this process uses. */
final class Directory implements Disk {
  private static final String SUFFIX = ".spool";

  private final Path path;
  private final Path quarantine;
  private final FileChannel lock;

  private Directory(Path path, FileChannel lock) {
    this.path = path;
    this.quarantine = path.resolve("quarantine");
    this.lock = lock;
  }

  /** Locks the directory for this process, creating it if needed. */
  static Directory take(Path path) {
    try {
      Files.createDirectories(path.resolve("quarantine"));
      FileChannel lock = FileChannel.open(path.resolve("lock"), CREATE, READ, WRITE);
      if (!lock(lock)) {
        ByteBuffer pid = ByteBuffer.allocate(20);
        lock.read(pid, 0);
        lock.close();
        throw new SpoolException(
            path
                + " is in use by process "
                + new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip());
      }
      lock.truncate(0);
      lock.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
      Directory directory = new Directory(path, lock);
      sync(path);
      return directory;
    } catch (IOException e) {
      throw new SpoolException(path + " cannot be used: " + e, e);
    }
  }

  private static boolean lock(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException heldByThisProcess) {
      return false;
    }
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(n -> n.endsWith(SUFFIX))
          .toList();
    }
  }

  @Override
  public File create(String name) throws IOException {
    FileChannel channel = FileChannel.open(path.resolve(name), CREATE_NEW, WRITE);
    try {
      sync(path);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new OpenFile(channel);
  }

  @Override
  public File open(String name) throws IOException {
    return new OpenFile(FileChannel.open(path.resolve(name), READ));
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(path.resolve(name));
    sync(path);
  }

  @Override
  public void quarantine(String name) throws IOException {
    Path target = quarantine.resolve(System.currentTimeMillis() + "-" + name);
    Files.move(path.resolve(name), target);
    sync(quarantine);
    sync(path);
  }

  @Override
  public int quarantined() throws IOException {
    try (Stream<Path> files = Files.list(quarantine)) {
      return (int) files.count();
    }
  }

  @Override
  public long freeBytes() throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  private record OpenFile(FileChannel channel) implements File {
    @Override
    public void append(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
      long at = position;
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          return;
        }
        at += count;
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
