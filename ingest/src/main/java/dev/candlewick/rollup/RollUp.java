package dev.candlewick.rollup;

import dev.candlewick.ingest.change.ChangeNotifier;
import dev.candlewick.ingest.change.Changes;
import dev.candlewick.record.Retention;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once a second, on whichever server instance gets the advisory lock: dirty minutes that are closed
 * become candles again, longer timeframes follow. Every ten minutes the Community edition's
 * aggregates are materialised. Once an hour what is past its retention goes, when all that is
 * rolled up.
 */
public final class RollUp implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RollUp.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration REFRESH_EVERY = Duration.ofMinutes(10);
  private static final Duration RETENTION_EVERY = Duration.ofHours(1);
  private static final Duration FORGET_EVERY = Duration.ofMinutes(1);

  /** Minutes of an instrument in one pass; fewer after a pass that failed, perhaps by its size. */
  private static final long MOST_PAIRS = 20_000;

  /** One roll-up at a time per database; the number is only ours to keep unique. */
  private static final String LEAD = "select pg_try_advisory_xact_lock(740101)";

  private static final String EDITION = "select edition from ingest.edition";

  private final DataSource database;
  private final Retention retention;
  private final ChangeNotifier notifier;
  private final RollUpMetrics metrics;
  private final Thread thread = new Thread(this, "candlewick-rollup");
  private volatile boolean stopping;
  private long pairs = MOST_PAIRS;
  private long taken;
  private long refreshDue = System.nanoTime();
  private long retentionDue = refreshDue;
  private long forgetDue = refreshDue;

  /** Starts with {@link #start}. The database need not be there, nor migrated, yet. */
  public RollUp(
      DataSource database, Retention retention, ChangeNotifier notifier, MeterRegistry registry) {
    this.database = database;
    this.retention = retention;
    this.notifier = notifier;
    this.metrics = new RollUpMetrics(registry);
  }

  public void start() {
    thread.start();
  }

  /** Ends after the pass at hand; an unfinished pass is rolled back and done again later. */
  public void stop() throws InterruptedException {
    stopping = true;
    thread.interrupt();
    thread.join(Duration.ofSeconds(5).toMillis());
  }

  @Override
  public void run() {
    while (!stopping) {
      try (Connection connection = database.getConnection()) {
        boolean more = pass(connection);
        dropWhatIsTooOld(connection);
        forgetChanges(connection);
        if (!more) {
          Thread.sleep(EVERY.toMillis());
        }
      } catch (SQLException e) {
        LOG.warn("roll-up put off, trying again: SQLSTATE {}: {}", e.getSQLState(), e.getMessage());
        if (!pauseAfterFailure()) {
          return;
        }
      } catch (RuntimeException e) {
        LOG.error("roll-up failed, trying again", e);
        if (!pauseAfterFailure()) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private boolean pauseAfterFailure() {
    metrics.failed();
    pairs = Math.max(1, (taken > 0 ? Math.min(pairs, taken) : pairs) / 4);
    try {
      Thread.sleep(EVERY.toMillis());
      return true;
    } catch (InterruptedException stopped) {
      return false;
    }
  }

  /** One pass in one transaction; true if more is waiting. */
  private boolean pass(Connection connection) throws SQLException {
    long start = System.nanoTime();
    if (!leads(connection)) {
      connection.rollback();
      metrics.followed();
      return false;
    }
    boolean community = isCommunity(connection);
    DirtyMinutes minutes = DirtyMinutes.take(connection, pairs);
    taken = minutes.count();
    if (!minutes.isEmpty()) {
      MinuteRollUp.write(connection, minutes);
      if (community) {
        LevelRefresh.mark(connection, minutes);
      } else {
        LevelRollUp.write(connection, minutes);
      }
      minutes.tell(connection);
    }
    connection.commit();
    if (!minutes.isEmpty()) {
      notifier.committed();
    }
    boolean refreshed = community && LevelRefresh.refreshMarked(connection);
    if (refreshed && isDue(refreshDue) && !minutes.more()) {
      refreshAll(connection);
    }
    pairs = Math.min(MOST_PAIRS, pairs * 2);
    metrics.passed(minutes, start);
    return minutes.more();
  }

  private static boolean isDue(long at) {
    return System.nanoTime() - at >= 0;
  }

  private static boolean isCommunity(Connection connection) throws SQLException {
    return text(connection, EDITION).equals("community");
  }

  private static boolean leads(Connection connection) throws SQLException {
    return text(connection, LEAD).equals("t");
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  /** False if another instance is at it; tried again with the next pass. */
  private boolean refreshAll(Connection connection) throws SQLException {
    boolean done = LevelRefresh.refreshAll(connection);
    if (done) {
      refreshDue = System.nanoTime() + REFRESH_EVERY.toNanos();
      metrics.refreshed();
    }
    return done;
  }

  /** Nothing goes that is not rolled up. */
  private void dropWhatIsTooOld(Connection connection) throws SQLException {
    if (!isDue(retentionDue) || (isCommunity(connection) && !refreshAll(connection))) {
      return;
    }
    retentionDue = System.nanoTime() + RETENTION_EVERY.toNanos();
    if (leads(connection)) {
      RetentionJob.run(connection, retention);
      metrics.retentionRan();
    }
    connection.commit();
  }

  private void forgetChanges(Connection connection) throws SQLException {
    if (isDue(forgetDue)) {
      forgetDue = System.nanoTime() + FORGET_EVERY.toNanos();
      Changes.forgetOld(connection);
      connection.commit();
    }
  }
}
