package dev.candlewick.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * One archive at a time per database: the one whose session holds the lock. It says something every
 * second, and the database ends a session that has been silent for some seconds: whoever is frozen
 * is followed, finds its sessions ended when it wakes, and can neither drop nor write anything.
 */
final class ArchiveLead implements AutoCloseable {
  /** The name of the sessions that read and drop; a new leader ends those of the one before. */
  static final String SESSION = "candlewick-archive";

  /** The number only has to be unique among our locks. */
  private static final String LEAD = "select pg_try_advisory_lock(740105)";

  private static final String SILENT_FOR_LONG = "set idle_session_timeout = '6s'";

  private static final String FOLLOW =
      """
      select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where application_name = '%s' and datname = current_database() and usename = current_user
      """
          .formatted(SESSION);

  private static final long ALIVE_MILLIS = 1_000;

  private final Connection session;
  private final @Nullable FileChannel channel;
  private final Thread alive = new Thread(this::stayAlive, "candlewick-archive-lead");

  private ArchiveLead(Connection session, @Nullable FileChannel channel) {
    this.session = session;
    this.channel = channel;
    alive.setDaemon(true);
    alive.start();
  }

  /** Null if another process has it. */
  static @Nullable ArchiveLead take(Connection session, Path directory)
      throws IOException, SQLException {
    int process = session.unwrap(PGConnection.class).getBackendPID();
    if (!text(session, "select pg_backend_pid()").equals(String.valueOf(process))) {
      return byFile(session, directory.resolve(".lock"));
    }
    if (!text(session, LEAD).equals("t")) {
      return null;
    }
    try (Statement statement = session.createStatement()) {
      statement.execute(SILENT_FOR_LONG);
      statement.execute(FOLLOW);
    }
    return new ArchiveLead(session, null);
  }

  /** A pooler lends sessions, and their locks belong to nobody: then a file's has to do. */
  private static @Nullable ArchiveLead byFile(Connection session, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      return null;
    }
    return new ArchiveLead(session, channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void stayAlive() {
    try {
      while (!session.isClosed()) {
        check();
        Thread.sleep(ALIVE_MILLIS);
      }
    } catch (SQLException | InterruptedException ended) {
      // Whoever asks next is told.
      Thread.currentThread().interrupt();
    }
  }

  /** While the session answers, nobody else has the lock. */
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
  public void close() throws IOException {
    alive.interrupt();
    if (channel != null) {
      channel.close();
    }
  }
}
