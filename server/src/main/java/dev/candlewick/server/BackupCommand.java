package dev.candlewick.server;

import dev.candlewick.server.ServerConfig.InvalidException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backup DIR} and {@code restore DIR}. */
abstract class BackupCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "The folder of the backup.")
  private Path folder = Path.of("");

  @Option(
      names = "--programs",
      paramLabel = "DIR",
      description =
          "The folder of pg_dump and pg_restore, of at least the server's major version."
              + " Default: those on the path.")
  private String programs = "";

  abstract String run(Backup backup, Path where)
      throws Backup.FailedException, IOException, InterruptedException;

  @Override
  public Integer call() throws InterruptedException {
    try {
      Backup backup = new Backup(ServerConfig.fromEnvironment().database(), programs);
      System.out.println(run(backup, folder.toAbsolutePath()));
      return 0;
    } catch (InvalidException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 2;
    } catch (Backup.FailedException | IOException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 1;
    }
  }

  /** Creates a backup. */
  @Command(
      name = "backup",
      mixinStandardHelpOptions = true,
      description =
          "Writes the database that CANDLEWICK_DB_URL names to a new folder, as it is at one moment;"
              + " servers may keep running. Needs PostgreSQL's pg_dump. The folder appears only"
              + " once it is complete.")
  static final class Make extends BackupCommand {
    @Override
    String run(Backup backup, Path where)
        throws Backup.FailedException, IOException, InterruptedException {
      return "wrote " + backup.make(where) + " rows to " + where;
    }
  }

  /** Restores a backup. */
  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      description =
          "Restores a backup into the database that CANDLEWICK_DB_URL names, which must be empty or"
              + " not exist; it gets that name only once every table has as many rows as the backup."
              + " Needs a role that may create databases, the same version of TimescaleDB, and"
              + " PostgreSQL's pg_restore. Feeds resume where the backup stands: each is told its"
              + " next_seq. If you use sql/roles.sql, run it afterwards.")
  static final class Restore extends BackupCommand {
    @Override
    String run(Backup backup, Path where)
        throws Backup.FailedException, IOException, InterruptedException {
      return "restored " + backup.restore(where) + " rows";
    }
  }
}
