package dev.candlewick.ingest.change;

import dev.candlewick.record.Journal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes whoever reads the journal, on any server instance: an empty NOTIFY after the commit, in a
 * separate statement. Inside the writing transactions, NOTIFY would make all commits wait for one
 * another. The first commit is announced at once, those right after it together.
 *
 * <p>A commit that is never announced, because this process ends between COMMIT and NOTIFY, is
 * found by the readers' periodic check.
 */
public final class ChangeNotifier implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeNotifier.class);
  private static final Duration PACE = Duration.ofMillis(20);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final DataSource database;
  private final Semaphore untold = new Semaphore(0);
  private final Thread thread = new Thread(this, "candlewick-notify");
  private volatile boolean stopping;
  private boolean failing;

  /** Starts with {@link #start}. */
  public ChangeNotifier(DataSource database) {
    this.database = database;
  }

  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Call after each commit that wrote {@link Changes}. Does not block. */
  public void committed() {
    untold.release();
  }

  /** Announces the last commits, then ends. */
  public void stop() throws InterruptedException {
    stopping = true;
    untold.release();
    thread.join(Duration.ofSeconds(1).toMillis());
  }

  @Override
  public void run() {
    try {
      for (boolean last = false; !last; ) {
        untold.acquire();
        untold.drainPermits();
        last = stopping;
        if (tell()) {
          Thread.sleep(PACE.toMillis());
        } else {
          untold.release();
          Thread.sleep(RETRY.toMillis());
        }
      }
    } catch (InterruptedException e) {
      // Interrupted only to end it.
    }
  }

  private boolean tell() {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(true);
      statement.execute("notify " + Journal.CHANNEL);
      failing = false;
      return true;
    } catch (SQLException e) {
      if (!failing) {
        failing = true;
        LOG.warn("commits cannot be announced, trying again: SQLSTATE {}", e.getSQLState());
      }
      return false;
    }
  }
}
