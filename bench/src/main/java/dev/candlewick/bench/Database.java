package dev.candlewick.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeoutException;

/**
 * The bench's own database, next to the given one, accessed with the driver of the server's write
 * path. Dropped at the end.
 */
public final class Database implements AutoCloseable {
  private final String named;
  private final String own;
  private final Properties properties;
  private final String name;

  private Database(String named, String own, Properties properties, String name) {
    this.named = named;
    this.own = own;
    this.properties = properties;
    this.name = name;
  }

  /**
   * Makes the database.
   *
   * @param named the JDBC URL of a database whose user may create databases
   * @param own the JDBC URL of the one to make
   * @param name its name
   */
  public static Database create(String named, String own, Properties properties, String name)
      throws SQLException {
    Database database = new Database(named, own, properties, name);
    database.administer("create database " + name);
    return database;
  }

  private void administer(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(named, properties);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(own, properties);
  }

  /** The ids of the first {@code count} instruments, by their number. */
  int[] instrumentIds(int count) throws SQLException {
    int[] ids = new int[count];
    try (Connection connection = connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select id from market.instruments where venue = ? and symbol = ?")) {
      for (int i = 0; i < count; i++) {
        select.setString(1, BenchTrades.VENUE);
        select.setString(2, BenchTrades.symbol(i));
        try (ResultSet row = select.executeQuery()) {
          row.next();
          ids[i] = row.getInt(1);
        }
      }
    }
    return ids;
  }

  /**
   * Gives the trades a chunk for each of so many days before today, like a database that has been
   * in use that long.
   */
  void makeChunks(int days) throws SQLException {
    String some =
        "insert into market.trades (instrument_id, ts, trade_id, price, size, side, flags)"
            + " select 0, current_date - day * interval '1 day', 0, 1, 1, 0, 0"
            + " from generate_series(%d, %d) day on conflict do nothing";
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (int day = 1; day <= days; day += 100) {
        statement.execute(some.formatted(day, Math.min(days, day + 99)));
      }
    }
  }

  /** Waits until the roll-up has nothing left to do, so that it does not run into the next run. */
  void awaitRolledUp() throws SQLException, InterruptedException, TimeoutException {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (System.nanoTime() < end) {
      if (ask("select exists (select from ingest.dirty)").equals("f")) {
        return;
      }
      Thread.sleep(200);
    }
    throw new TimeoutException("the roll-up is not done after two minutes");
  }

  /** The database's first process, if it runs on this machine. */
  Optional<ProcessHandle> postmaster() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      // Elsewhere, or in a container, the number belongs to another process or none.
      return ProcessHandle.of(row.getLong(1))
          .filter(process -> process.info().commandLine().orElse("").contains("postgres"))
          .flatMap(ProcessHandle::parent);
    }
  }

  /** One value as text. */
  String ask(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  @Override
  public void close() throws SQLException {
    administer("drop database if exists " + name + " with (force)");
  }
}
