package dev.candlewick.archive;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An archive's sessions, which end together. */
final class Sessions {
  private final String jdbcUrl;
  private final Properties login;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();

  Sessions(String jdbcUrl, Properties login) {
    this.jdbcUrl = jdbcUrl;
    this.login = login;
  }

  Connection open() throws SQLException {
    for (Connection before : open) {
      if (before.isClosed()) {
        open.remove(before);
      }
    }
    Connection connection = DriverManager.getConnection(jdbcUrl, login);
    open.add(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set timezone = 'UTC'");
    }
    return connection;
  }

  /** Whoever waits for an answer, which may take long, stops waiting: it does not come any more. */
  void abort() {
    for (Connection connection : open) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        throw new IllegalStateException("a connection cannot be ended", e);
      }
    }
  }
}
