package dev.candlewick.ingest.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends backends that wait for the rows of a COPY whose client is gone without a word: a machine
 * that lost its power, a line that was cut, an instance that is frozen. They hold the locks of what
 * they have written so far, and whoever sends the same rows again waits for them. Neither {@code
 * statement_timeout} nor a cancel ends a COPY that waits for its client (PostgreSQL's {@code
 * ProcessClientReadInterrupt}), and TCP gives up only after two hours.
 *
 * <p>The server has all rows at hand before it begins a COPY: one that waits for longer than any
 * statement may take is abandoned, whichever instance began it.
 */
public final class AbandonedCopies implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(AbandonedCopies.class);
  private static final Duration EVERY = Duration.ofSeconds(3);
  private static final int NETWORK_TIMEOUT_MILLIS = 3_000;

  /** Of this role alone: only their states can be seen, and only they may be ended. */
  private static final String END =
      """
      select pid, pg_terminate_backend(pid) from pg_stat_activity
      where application_name = current_setting('application_name')
      and datname = current_database() and usename = current_user
      and state = 'active' and wait_event = 'ClientRead'
      and query_start < clock_timestamp() - ? * interval '1 millisecond'
      """;

  private final DataSource database;
  private final Duration longest;
  private final Thread thread = new Thread(this, "candlewick-abandoned-copies");
  private boolean failing;

  /**
   * Starts with {@link #start}.
   *
   * @param longest how long a statement of the write path may take
   */
  public AbandonedCopies(DataSource database, Duration longest) {
    this.database = database;
    this.longest = longest;
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
      // The pool's own is longer than a COPY may wait.
      connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MILLIS);
      connection.setAutoCommit(true);
      try (PreparedStatement statement = connection.prepareStatement(END)) {
        statement.setLong(1, longest.toMillis());
        ResultSet ended = statement.executeQuery();
        while (ended.next()) {
          LOG.warn("a COPY that waited for its client was ended: pid {}", ended.getInt(1));
        }
      }
      failing = false;
    } catch (SQLException e) {
      if (!failing) {
        failing = true;
        LOG.warn(
            "abandoned COPYs cannot be looked for, trying again: SQLSTATE {}", e.getSQLState());
      }
    }
  }
}
