package dev.candlewick.rollup;

import dev.candlewick.ingest.change.ChangeNotifier;
import dev.candlewick.ingest.change.Changes;
import dev.candlewick.record.Retention;
import dev.candlewick.rollup.LevelRefresh.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once a second, on whichever server instance gets the advisory lock: closed dirty minutes become
 * candles again, and longer timeframes follow; then a slice of what was loaded late, newest first,
 * so that live data never waits for more than one slice. Every ten minutes the Community edition's
 * aggregates are materialised. Once an hour, when all that is rolled up, data past its retention is
 * dropped.
 */
public final class RollUp implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RollUp.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration REFRESH_EVERY = Duration.ofMinutes(10);
  private static final Duration RETENTION_EVERY = Duration.ofHours(1);
  private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
  private static final Duration ROLL_UP_FIRST = Duration.ofSeconds(30);

  /** No limit on the days of a slice, in epoch seconds. */
  private static final long ANY = 253_402_300_800L;

  /**
   * One roll-up at a time per database; the number only has to be unique among our locks. Plans are
   * made for the actual values, because only those leave out irrelevant chunks. A leader frozen
   * between two statements is rolled back, and another one takes over.
   */
  private static final String LEAD =
      """
      select pg_try_advisory_xact_lock(740101)
      from set_config('plan_cache_mode', 'force_custom_plan', true) as plans,
        set_config('idle_in_transaction_session_timeout', '6s', true) as silence
      """;

  /** Whether anybody else is at work in the database at this moment. */
  private static final String BUSY =
      """
      select exists (
        select from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend' and state = 'active')
      """;

  private static final String EDITION = "select edition from ingest.edition";

  private final DataSource database;
  private final Retention retention;
  private final ChangeNotifier notifier;
  private final RollUpMetrics metrics;
  private final Thread thread = new Thread(this, "candlewick-rollup");
  private volatile boolean stopping;
  private final Portion recent = new Portion();
  private final Portion late = new Portion();
  private Portion inHand = recent;
  private long refreshDue = System.nanoTime();
  private long retentionDue = refreshDue;
  private long forgetDue = refreshDue;

  /** {@link #start} starts it. The database need not be available, or migrated, yet. */
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

  /** Ends after the current pass; an unfinished pass is rolled back and redone later. */
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
        } else if (inHand == late && isBusy(connection)) {
          // Old days can wait, as reads build them from their trades; others are waiting now.
          Thread.sleep(Math.min(late.took(), EVERY.toMillis()));
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
    inHand.failed();
    try {
      Thread.sleep(EVERY.toMillis());
      return true;
    } catch (InterruptedException stopped) {
      return false;
    }
  }

  /** Recent minutes, then a slice of late ones; true if more are waiting. */
  private boolean pass(Connection connection) throws SQLException {
    long start = System.nanoTime();
    inHand = recent;
    if (!leads(connection)) {
      connection.rollback();
      metrics.followed();
      return false;
    }
    boolean community = isCommunity(connection);
    DayMarks.moveLate(connection);
    boolean behind = rollUp(connection, DirtyMinutes.take(connection, recent.most()), community);
    boolean more = behind || slice(connection, ANY, community);
    if (community) {
      Outcome refreshed = LevelRefresh.refreshMarked(connection);
      more |= refreshed == Outcome.MORE_WAITS;
      if (refreshed == Outcome.ALL_DONE && isDue(refreshDue) && !more) {
        refreshAll(connection);
      }
    }
    metrics.passed(start, behind);
    return more;
  }

  /** Days before {@code before}, in epoch seconds; true if more of them are waiting. */
  private boolean slice(Connection connection, long before, boolean community) throws SQLException {
    inHand = late;
    if (!leads(connection)) {
      connection.rollback();
      return false;
    }
    DirtyMinutes slice = DirtyMinutes.takeDays(connection, late.most(), before);
    return rollUp(connection, slice, community);
  }

  /** In one transaction, which also removes the marks; true if more of them are waiting. */
  private boolean rollUp(Connection connection, DirtyMinutes minutes, boolean community)
      throws SQLException {
    inHand.taken(minutes.count());
    AmendedMinutes amended = AmendedMinutes.take(connection);
    MinuteRollUp.write(connection, minutes);
    amended.replace(connection);
    if (community) {
      LevelRefresh.mark(connection, minutes);
      OldLevels.write(connection, minutes);
    } else {
      LevelRollUp.write(connection, minutes);
      amended.removeEmptyLevels(connection);
    }
    minutes.tell(connection);
    if (inHand == late && !minutes.isEmpty()) {
      RetentionJob.keepLonger(connection, retention);
    }
    connection.commit();
    inHand.done();
    if (!minutes.isEmpty()) {
      notifier.committed();
      metrics.rolledUp(minutes.count());
    }
    return minutes.more();
  }

  private static boolean isDue(long at) {
    return System.nanoTime() - at >= 0;
  }

  private static boolean isCommunity(Connection connection) throws SQLException {
    return text(connection, EDITION).equals("community");
  }

  private static boolean isBusy(Connection connection) throws SQLException {
    boolean busy = text(connection, BUSY).equals("t");
    connection.rollback();
    return busy;
  }

  private static boolean leads(Connection connection) throws SQLException {
    return text(connection, LEAD).equals("t");
  }

  /** Whether nobody else leads at this moment. */
  private static boolean couldLead(Connection connection) throws SQLException {
    boolean leads = leads(connection);
    connection.rollback();
    return leads;
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  /** False if another instance is doing it; retried with the next pass. */
  private boolean refreshAll(Connection connection) throws SQLException {
    boolean done = LevelRefresh.refreshAll(connection);
    if (done) {
      refreshDue = System.nanoTime() + REFRESH_EVERY.toNanos();
      metrics.refreshed();
    }
    return done;
  }

  /**
   * Nothing is dropped that is not rolled up. What is about to be dropped is rolled up first,
   * whatever else waits; if there is no time for it, it stays until the next run. While another
   * instance leads, which may be frozen in this, it is tried again with each pass.
   */
  private void dropWhatIsTooOld(Connection connection) throws SQLException {
    if (!isDue(retentionDue) || !couldLead(connection)) {
      return;
    }
    boolean community = isCommunity(connection);
    rollUpWhatIsTooOld(connection, community);
    if (community && !(refreshMarked(connection) && refreshAll(connection))) {
      return;
    }
    if (leads(connection)) {
      retentionDue = System.nanoTime() + RETENTION_EVERY.toNanos();
      RetentionJob.run(connection, retention);
      metrics.retentionRan();
    }
    connection.commit();
  }

  /** What retention drops next from each relation, oldest first; each with its own time limit. */
  private void rollUpWhatIsTooOld(Connection connection, boolean community) throws SQLException {
    List<Duration> kept =
        Stream.concat(Stream.of(retention.trades()), retention.candles().stream())
            .filter(keep -> !keep.equals(Retention.FOR_EVER))
            .distinct()
            .sorted(Comparator.reverseOrder())
            .toList();
    for (Duration keep : kept) {
      long before = Instant.now().minus(keep).getEpochSecond();
      long giveUp = System.nanoTime() + ROLL_UP_FIRST.toNanos() / kept.size();
      while (slice(connection, before, community) && !isDue(giveUp)) {
        LOG.debug("rolling up what is about to be dropped");
      }
    }
  }

  /**
   * Everything that waits, or as much as there is time for; false if another instance is doing it.
   */
  private static boolean refreshMarked(Connection connection) throws SQLException {
    long giveUp = System.nanoTime() + ROLL_UP_FIRST.toNanos();
    Outcome refreshed = Outcome.MORE_WAITS;
    while (refreshed == Outcome.MORE_WAITS && !isDue(giveUp)) {
      refreshed = LevelRefresh.refreshMarked(connection);
    }
    return refreshed != Outcome.PUT_OFF;
  }

  private void forgetChanges(Connection connection) throws SQLException {
    if (isDue(forgetDue)) {
      forgetDue = System.nanoTime() + FORGET_EVERY.toNanos();
      Changes.forgetOld(connection);
      connection.commit();
    }
  }
}
