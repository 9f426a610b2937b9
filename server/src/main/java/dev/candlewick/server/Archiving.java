package dev.candlewick.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
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
    Path directory = config.directory();
    this.vertx = vertx;
    this.isOff = config.isOff();
    this.repository = repository;
    this.metrics = new ArchiveMetrics(registry);
    this.process = directory == null ? null : new ArchiveProcess(database, directory);
  }

  /** Called before anything is dropped; false if the database is unavailable meanwhile. Blocks. */
  boolean start() throws InterruptedException {
    if (process != null || isOff) {
      try {
        repository
            .keep(process != null)
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("waiting for the database: {}", String.valueOf(e.getCause()));
        return false;
      }
    }
    vertx.setPeriodic(0, EVERY.toMillis(), tick -> repository.state().onSuccess(this::answered));
    return true;
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
