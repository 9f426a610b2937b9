package dev.candlewick.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may read and write the files given to the server; links are followed. On file systems without
 * such modes nothing is checked, and a missing file is reported by whoever reads it.
 *
 * <p>A world-readable private key stops the start, as it does with PostgreSQL and ssh. Other files
 * only cause a warning: in Kubernetes every mounted secret is world-readable unless configured
 * otherwise, in a container where nobody else is.
 */
final class FileModes {
  private static final Logger LOG = LoggerFactory.getLogger(FileModes.class);

  private FileModes() {}

  /** Refuses a world-writable file. */
  static void refuseWritable(Path file) throws ServerException {
    Set<PosixFilePermission> mode = mode(file);
    if (mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new ServerException(told("write", file, mode) + ": chmod o-w it first");
    }
  }

  /** Refuses a world-readable private key. */
  static void refuseReadable(Path key) throws ServerException {
    Set<PosixFilePermission> mode = mode(key);
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      throw new ServerException(
          told("read", key, mode)
              + ", a private key: chmod o-r it first (in Kubernetes defaultMode: 0440 and an"
              + " fsGroup)");
    }
  }

  /** Warns about a world-readable file. */
  static void warnOfReadable(Path file, String holds) {
    Set<PosixFilePermission> mode = mode(file);
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      LOG.warn("{}, which holds {}: chmod o-r it", told("read", file, mode), holds);
    }
  }

  private static Set<PosixFilePermission> mode(Path file) {
    try {
      return Files.getPosixFilePermissions(file);
    } catch (IOException | UnsupportedOperationException unknown) {
      return Set.of();
    }
  }

  private static String told(String what, Path file, Set<PosixFilePermission> mode) {
    return "everybody may %s %s (%s)".formatted(what, file, PosixFilePermissions.toString(mode));
  }
}
