package dev.candlewick.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for another instance that is migrating this database; follows one that is frozen, or cut
 * off, in the middle of it: what it has begun is rolled back.
 */
final class OtherMigrators {
  private static final Logger LOG = LoggerFactory.getLogger(OtherMigrators.class);

  /**
   * Flyway's lock is its name plus a hash, of which the upper half is 18028 give or take one.
   * Whoever migrates has a transaction open that holds the lock, and one that writes, in which a
   * statement is running nearly all the time.
   */
  private static final String OTHERS =
      """
      with other as (
        select * from pg_stat_activity a
        where datname = current_database() and usename = current_user and application_name = ?
          and pid <> pg_backend_pid() and xact_start is not null
          and (backend_xid is not null or exists (
            select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory'
              and l.classid between 18027 and 18029)))
      select exists (select from other),
             (select count(pg_terminate_backend(pid)) from other
              where not exists (
                select from other
                where (state = 'active' and wait_event_type is distinct from 'Client')
                  or greatest(query_start, state_change) > clock_timestamp() - interval '15 seconds'))
      """;

  private final Connection connection;

  OtherMigrators(Connection connection) {
    this.connection = connection;
  }

  void await() throws SQLException {
    try (PreparedStatement others = connection.prepareStatement(OTHERS)) {
      others.setString(1, DatabaseUrl.MIGRATOR);
      for (boolean said = false; areAtIt(others); said = true) {
        if (!said) {
          LOG.info("waiting for another instance, which is migrating the database");
        }
        Server.pause();
      }
    }
  }

  private static boolean areAtIt(PreparedStatement others) throws SQLException {
    try (ResultSet row = others.executeQuery()) {
      row.next();
      if (row.getLong(2) > 0) {
        LOG.warn("ended the sessions of another instance that went silent while it migrated");
      }
      return row.getBoolean(1);
    }
  }
}
