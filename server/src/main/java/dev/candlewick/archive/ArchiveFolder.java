package dev.candlewick.archive;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folders of an archive, and which database it belongs to: the file {@code .database} in its
 * folder says. A folder that belongs to another database, or is not mounted, is not written to.
 */
public final class ArchiveFolder {
  private static final String OWNER = ".database";

  /** Bytes in a value; file systems allow 255 in a name. */
  private static final int LONGEST_NAME = 240;

  private static final String NULL_NAME = "__HIVE_DEFAULT_PARTITION__";

  private ArchiveFolder() {}

  /** The folder belongs to another database. */
  public static final class ForeignException extends IOException {
    private static final long serialVersionUID = 1L;

    ForeignException(String message) {
      super(message);
    }
  }

  /**
   * Claims a folder that belongs to no database yet.
   *
   * @param id of the database
   * @param isUsed whether it has archived rows already: then its folder must have the file
   * @throws ForeignException if the folder belongs to another database
   * @throws IOException if it cannot be read or written, or lacks the file
   */
  public static void claim(Path directory, String id, boolean isUsed) throws IOException {
    Path file = directory.resolve(OWNER);
    String owner = Files.exists(file) ? Files.readString(file).strip() : "";
    if (owner.isEmpty()) {
      if (isUsed) {
        throw new IOException(
            "%s has no file %s, but rows of this database have been archived before: is it mounted? To go on in a new folder, write %s into that file"
                .formatted(directory, OWNER, id));
      }
      Files.createDirectories(directory);
      owner = write(file, id);
    }
    if (!owner.equals(id)) {
      throw new ForeignException(
          "%s is the archive of another database: its file %s names %s, this database is %s. Give each database a folder of its own"
              .formatted(directory, OWNER, owner, id));
    }
  }

  /** Writes the file, unless another database was faster; returns what it says then. */
  private static String write(Path file, String id) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && channel.size() == 0) {
        channel.write(ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.UTF_8)));
        channel.force(true);
      }
    }
    return Files.readString(file).strip();
  }

  /**
   * A value in a folder name, as Hive, Spark and DuckDB read it. Letters of other scripts are kept
   * as they are if the file system would not accept the name otherwise.
   */
  static String encoded(String value) {
    if (value.isEmpty()) {
      return NULL_NAME;
    }
    String all = URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    if (all.length() <= LONGEST_NAME) {
      return all;
    }
    return value
        .codePoints()
        .mapToObj(Character::toString)
        .map(c -> c.length() > 1 || c.charAt(0) > 127 ? c : encoded(c))
        .collect(Collectors.joining());
  }

  /** Removes what a killed pass left behind. */
  static void empty(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      List<Path> all;
      try (Stream<Path> files = Files.walk(folder)) {
        all = files.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    }
  }
}
