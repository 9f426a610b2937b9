package dev.candlewick.server;

import dev.candlewick.archive.Archive;
import dev.candlewick.server.ServerConfig.InvalidException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code archive}: writes what retention offers, and drops it. */
@Command(
    name = "archive",
    mixinStandardHelpOptions = true,
    description =
        "Writes what is past its retention to the folder CANDLEWICK_ARCHIVE_DIR as Parquet, reads it"
            + " back, compares, and only then drops it. A server with that setting runs this as a"
            + " process of its own; by hand it does the same at once. Servers decide every hour what"
            + " is past its retention; if any CANDLEWICK_RETENTION_* is set here, what a server with"
            + " these settings would decide is added. Exit code 1: something is held.")
final class ArchiveCommand implements Callable<Integer> {
  /** Exit code when the server has died. */
  private static final int ORPHANED = 3;

  @Option(names = "--with-parent", hidden = true)
  private boolean withParent;

  @Override
  public Integer call() {
    if (withParent) {
      Thread parent = new Thread(ArchiveCommand::haltWithParent, "candlewick-parent");
      parent.setDaemon(true);
      parent.start();
    }
    try {
      ServerConfig config = ServerConfig.fromEnvironment();
      Path directory = config.archive().directory();
      if (directory == null) {
        System.err.println("candlewick: CANDLEWICK_ARCHIVE_DIR is not set");
        return 2;
      }
      DatabaseUrl database = config.database();
      Archive archive =
          new Archive(database.jdbcUrl(), database.properties(), directory, System.out::println);
      boolean done = withParent ? archive.run() : archive.runByHand(config.archive().retention());
      return done ? 0 : 1;
    } catch (InvalidException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 1;
    }
  }

  /** The server keeps the other end of standard input open for as long as it lives. */
  private static void haltWithParent() {
    try {
      while (System.in.read() >= 0) {
        continue;
      }
      Runtime.getRuntime().halt(ORPHANED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
