package dev.candlewick.server;

import dev.candlewick.server.Migrator.Migrated;
import dev.candlewick.server.Migrator.UnsuitableException;
import dev.candlewick.server.ServerConfig.InvalidException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code migrate}: only migrates the database. */
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    description = "Brings the database that CANDLEWICK_DB_URL names to this version's schema.")
final class MigrateCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    try {
      ServerConfig config = ServerConfig.fromEnvironment();
      Migrated migrated = Migrator.of(config).migrate();
      System.out.printf(
          "TimescaleDB %s, %s edition: %d migrations applied%n",
          migrated.version(), migrated.edition(), migrated.migrations());
      return 0;
    } catch (InvalidException | UnsuitableException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 2;
    } catch (Migrator.UnreachableException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 1;
    }
  }
}
