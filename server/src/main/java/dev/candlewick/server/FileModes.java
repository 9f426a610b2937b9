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
 * Who may read and write the files that the server is given; links are followed. Where the file
 * system has no such modes nothing is asked, and a file that is not there is its reader's to tell.
 *
 * <p>A private key that everybody on the machine may read stops the start, as it does with
 * PostgreSQL and ssh. Of other files one is warned: in Kubernetes every mounted secret is so unless
 * told otherwise, in a container where nobody else is.
 */
final class FileModes {
  private static final Logger LOG = LoggerFactory.getLogger(FileModes.class);

  private FileModes() {}

  /** Refuses a file that everybody may write. */
  static void refuseWritable(Path file) throws ServerException {
    Set<PosixFilePermission> mode = mode(file);
    if (mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new ServerException(told("write", file, mode) + ": chmod o-w it first");
    }
  }

  /** Refuses a private key that everybody may read. */
  static void refuseReadable(Path key) throws ServerException {
    Set<PosixFilePermission> mode = mode(key);
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      throw new ServerException(
          told("read", key, mode)
              + ", a private key: chmod o-r it first (in Kubernetes defaultMode: 0440 and an"
              + " fsGroup)");
    }
  }

  /** Warns of a file that everybody may read. */
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
