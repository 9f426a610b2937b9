package dev.candlewick.archive;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * One archive at a time per database: the one whose open transaction holds the lock, also behind a
 * pooler, which lends that transaction a session for as long as it lasts. It says something every
 * second, and the database ends a transaction that has been silent for some seconds: whoever is
 * frozen is followed, finds its sessions ended when it wakes, and can neither drop nor write
 * anything.
 */
final class ArchiveLead implements AutoCloseable {
  /** The name of the sessions that read and drop; a new leader ends those of the one before. */
  static final String SESSION = "candlewick-archive";

  /** The number only has to be unique among our locks. */
  private static final String LEAD = "select pg_try_advisory_xact_lock(740105)";

  private static final String SILENT_FOR_LONG =
      "set local idle_in_transaction_session_timeout = '6s'";

  /** A pooler's sessions are also other clients': there, silent transactions end by themselves. */
  private static final String FOLLOW =
      """
      select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where application_name = '%s' and datname = current_database() and usename = current_user
      """
          .formatted(SESSION);

  private static final long ALIVE_MILLIS = 1_000;

  /** When the database has long followed another leader. */
  private static final int SILENT_MILLIS = 10_000;

  private final Connection session;
  private final Runnable lost;
  private volatile boolean closing;
  private final Thread alive = new Thread(this::stayAlive, "candlewick-archive-lead");

  private ArchiveLead(Connection session, Runnable lost) {
    this.session = session;
    this.lost = lost;
    alive.setDaemon(true);
    alive.start();
  }

  /**
   * Null if another process has it.
   *
   * @param session used for nothing else; closed with this
   * @param lost run by another thread when the database no longer answers
   */
  static @Nullable ArchiveLead take(Connection session, Runnable lost) throws SQLException {
    session.setNetworkTimeout(Runnable::run, SILENT_MILLIS);
    int process = session.unwrap(PGConnection.class).getBackendPID();
    session.setAutoCommit(false);
    boolean isOwn = text(session, "select pg_backend_pid()").equals(String.valueOf(process));
    if (!text(session, LEAD).equals("t")) {
      session.close();
      return null;
    }
    try (Statement statement = session.createStatement()) {
      statement.execute(SILENT_FOR_LONG);
      if (isOwn) {
        statement.execute(FOLLOW);
      }
    }
    return new ArchiveLead(session, lost);
  }

  private void stayAlive() {
    try {
      while (!session.isClosed()) {
        check();
        Thread.sleep(ALIVE_MILLIS);
      }
    } catch (SQLException e) {
      if (!closing) {
        lost.run();
      }
    } catch (InterruptedException e) {
      // Interrupted only to end it.
    }
  }

  /** While the transaction answers, nobody else has the lock. */
  void check() throws SQLException {
    text(session, "select 1");
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    closing = true;
    alive.interrupt();
    session.close();
  }
}
