package dev.candlewick.ingest.table;

import dev.candlewick.net.DatabaseSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends backends that wait in the middle of a statement for a client that is gone without a word: a
 * machine that lost its power, a line that was cut, an instance that is frozen. They wait for the
 * rows of a COPY, for the rest of a message, or for room to send rows to, and hold the locks of
 * what they have written or read so far, an instance's leadership among them. Neither {@code
 * statement_timeout} nor a cancel ends a backend that waits for its client (PostgreSQL's {@code
 * ProcessClientReadInterrupt}), and no idle time counts, because it is not idle.
 *
 * <p>The server has all rows at hand before it begins a COPY, and sends a statement at once: one
 * that waits for longer than any statement may take is abandoned, whichever instance began it.
 */
public final class AbandonedStatements implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(AbandonedStatements.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int NETWORK_TIMEOUT_MILLIS = 3_000;

  /**
   * Of this role alone: only their states can be seen, and only they may be ended. Whoever holds
   * the roll-up's lock sends as little as a read.
   */
  private static final String END =
      """
      select pid, application_name, pg_terminate_backend(pid) from pg_stat_activity a
      where datname = current_database() and usename = current_user
      and state = 'active' and wait_event in ('ClientRead', 'ClientWrite')
      and query_start < clock_timestamp() - interval '1 millisecond' * case
        when application_name = ? or (application_name = current_setting('application_name')
          and exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory' and l.objid = 740101)) then ?
        when application_name = current_setting('application_name') then ? end
      """;

  private final DataSource database;
  private final Duration longestWrite;
  private final Duration longestRead;
  private final Thread thread = new Thread(this, "candlewick-abandoned");
  private boolean failing;

  /**
   * Starts with {@link #start}.
   *
   * @param longestWrite how long a statement of the write path may take
   * @param longestRead how long one of everything else may
   */
  public AbandonedStatements(DataSource database, Duration longestWrite, Duration longestRead) {
    this.database = database;
    this.longestWrite = longestWrite;
    this.longestRead = longestRead;
  }

  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  public void stop() {
    thread.interrupt();
  }

  @Override
  public void run() {
    try {
      while (true) {
        Thread.sleep(EVERY.toMillis());
        end();
      }
    } catch (InterruptedException e) {
      // Interrupted only to end it.
    }
  }

  private void end() {
    try (Connection connection = database.getConnection()) {
      // The pool's own is longer than a statement may wait.
      connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MILLIS);
      connection.setAutoCommit(true);
      try (PreparedStatement statement = connection.prepareStatement(END)) {
        statement.setString(1, DatabaseSession.READS);
        statement.setLong(2, longestRead.toMillis());
        statement.setLong(3, longestWrite.toMillis());
        ResultSet ended = statement.executeQuery();
        while (ended.next()) {
          LOG.warn(
              "a statement that waited for its client was ended: pid {} of {}",
              ended.getInt(1),
              ended.getString(2));
        }
      }
      failing = false;
    } catch (SQLException e) {
      if (!failing) {
        failing = true;
        LOG.warn(
            "abandoned statements cannot be looked for, trying again: SQLSTATE {}",
            e.getSQLState());
      }
    }
  }
}
