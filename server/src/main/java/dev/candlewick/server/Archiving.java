package dev.candlewick.server;

import dev.candlewick.archive.ArchiveFolder;
import dev.candlewick.server.Migrator.UnsuitableException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's part in archiving: it records in the database that there is an archive, checks every
 * few seconds whether retention has offered something, and then starts the process that writes it.
 */
final class Archiving {
  private static final Logger LOG = LoggerFactory.getLogger(Archiving.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final @Nullable Path directory;
  private final boolean isOff;
  private final ArchiveRepository repository;
  private final ArchiveMetrics metrics;
  private final @Nullable ArchiveProcess process;
  private volatile boolean stopped;

  Archiving(
      Vertx vertx,
      ArchiveConfig config,
      DatabaseUrl database,
      ArchiveRepository repository,
      MeterRegistry registry) {
    this.directory = config.directory();
    this.vertx = vertx;
    this.isOff = config.isOff();
    this.repository = repository;
    this.metrics = new ArchiveMetrics(registry);
    this.process = directory == null ? null : new ArchiveProcess(database, directory);
  }

  /**
   * Called before anything is dropped; false if the database is unavailable meanwhile. Blocks.
   *
   * @throws UnsuitableException if the folder is another database's
   */
  boolean start() throws InterruptedException, UnsuitableException {
    if (directory != null || isOff) {
      try {
        if (directory != null) {
          claim(directory, get(repository.identity()));
        }
        get(repository.keep(directory != null));
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("waiting for the database: {}", String.valueOf(e.getCause()));
        return false;
      }
    }
    vertx.setPeriodic(0, EVERY.toMillis(), tick -> repository.state().onSuccess(this::answered));
    return true;
  }

  private static <T> T get(Future<T> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    return answer.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** A folder that is not there at the moment only holds what is due. */
  private static void claim(Path directory, ArchiveRepository.Identity database)
      throws UnsuitableException {
    try {
      ArchiveFolder.claim(directory, database.id(), database.isUsed());
    } catch (ArchiveFolder.ForeignException e) {
      throw new UnsuitableException(Settings.ARCHIVE_DIR.name() + ": " + e.getMessage());
    } catch (IOException e) {
      LOG.error("nothing can be archived: {}", e.getMessage());
    }
  }

  private void answered(ArchiveState state) {
    metrics.answered(state);
    ArchiveProcess its = process;
    if (its != null && state.due() && !stopped) {
      vertx.executeBlocking(
          () -> {
            its.start();
            return null;
          });
    }
  }

  void stop() {
    stopped = true;
    if (process != null) {
      process.stop();
    }
  }
}
