package dev.candlewick.server;

import dev.candlewick.server.Migrator.UnsuitableException;
import dev.candlewick.server.ServerConfig.InvalidException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code serve}: migrates, listens, and drains on SIGTERM. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs the server: migrates the database, takes data in, answers queries.",
    footerHeading = "%nConfiguration (environment variables):%n",
    footer = "The keys are listed in the README; CANDLEWICK_DB_URL is the one that is needed.")
final class ServeCommand implements Callable<Integer> {
  @Override
  public Integer call() throws InterruptedException {
    try {
      Server server = new Server(ServerConfig.fromEnvironment());
      StopSignal.onFirst(server::stop);
      server.start();
      System.err.println("Candlewick listens on " + server.url());
      server.awaitMigration();
      return server.awaitStop();
    } catch (InvalidException | UnsuitableException | ServerException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 2;
    }
  }
}
