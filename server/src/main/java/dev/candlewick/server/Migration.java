package dev.candlewick.server;

import dev.candlewick.server.Migrator.Migrated;
import dev.candlewick.server.Migrator.UnreachableException;
import dev.candlewick.server.Migrator.UnsuitableException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema to this version beside the rest of a start, which takes as long; retries until
 * the database answers.
 */
final class Migration {
  private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

  private final ServerConfig config;
  private final CompletableFuture<Migrated> done = new CompletableFuture<>();

  private Migration(ServerConfig config) {
    this.config = config;
  }

  static Migration begin(ServerConfig config) {
    Migration migration = new Migration(config);
    Thread thread = new Thread(migration::run, "candlewick-migrate");
    thread.setDaemon(true);
    thread.start();
    return migration;
  }

  private void run() {
    Migrator migrator = Migrator.of(config);
    while (!done.isDone()) {
      try {
        done.complete(config.migrates() ? migrator.migrate() : migrator.check());
      } catch (UnreachableException e) {
        LOG.warn("waiting for the database: {}", e.getMessage());
        Server.pause();
      } catch (UnsuitableException | RuntimeException e) {
        done.completeExceptionally(e);
      }
    }
  }

  /** Fails with an {@link UnsuitableException}; cancelled by {@link #stop}. */
  CompletableFuture<Migrated> done() {
    return done;
  }

  /** A migration that is under way is finished or rolled back, another one is not begun. */
  void stop() {
    done.cancel(false);
  }
}
