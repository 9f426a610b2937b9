package dev.candlewick.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;

/**
 * Brings a database to this version's schema, for the edition of TimescaleDB it runs. All
 * migrations of a run are one transaction under a lock: several servers may start together, and
 * nothing is ever half done.
 */
final class Migrator {
  /** Older versions silently lose rows (TimescaleDB issue 7672, fixed in 2.18.1). */
  private static final int[] OLDEST = {2, 18, 1};

  private static final String NOT_LOADED =
      "TimescaleDB is not loaded; add timescaledb to shared_preload_libraries and restart"
          + " PostgreSQL";

  /** What is asked before and after migrating takes a moment. */
  private static final int ASKING_SECONDS = 15;

  private final DatabaseUrl database;

  static Migrator of(ServerConfig config) {
    return new Migrator(config.database());
  }

  Migrator(DatabaseUrl database) {
    this.database = database;
  }

  /** The database cannot be used as it is; the message says what to do. */
  static final class UnsuitableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnsuitableException(String message) {
      super(message);
    }
  }

  /** The database cannot be reached at the moment; retrying may help. */
  static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreachableException(SQLException cause) {
      super("the database cannot be reached at the moment: " + cause.getMessage(), cause);
    }
  }

  /** What a migration found and did. */
  record Migrated(String edition, String version, int migrations) {}

  /**
   * Migrates.
   *
   * @throws UnsuitableException if TimescaleDB is missing, too old or of another edition
   * @throws UnreachableException if the database cannot be reached or refuses
   */
  Migrated migrate() throws UnsuitableException, UnreachableException {
    return with(this::migrate, true);
  }

  /**
   * Checks whether the database is as {@link #migrate} would leave it; needs only read rights.
   *
   * @throws UnsuitableException also if it is not
   */
  Migrated check() throws UnsuitableException, UnreachableException {
    Migrated found = with((edition, info) -> info.pending().length, false);
    if (found.migrations() > 0) {
      throw new UnsuitableException(
          "the database lacks "
              + found.migrations()
              + " migrations; run the command migrate, with the same settings, as its owner");
    }
    return found;
  }

  /** A migration may take as long as it likes; only its line is watched. */
  private int migrate(String edition, MigrationInfoService info) throws SQLException {
    if (isCurrent(info)) {
      return 0;
    }
    try (Connection connection = connect()) {
      new OtherMigrators(connection).await();
    }
    return flyway(edition, 0).migrate().migrationsExecuted;
  }

  /** Nothing to apply, and what was applied is what we have: most starts, half a second less. */
  private static boolean isCurrent(MigrationInfoService info) {
    return info.pending().length == 0
        && Arrays.stream(info.applied())
            .filter(MigrationInfo::isVersioned)
            .allMatch(MigrationInfo::isChecksumMatching);
  }

  private interface Work {
    int on(String edition, MigrationInfoService info) throws SQLException;
  }

  private Connection connect() throws SQLException {
    Properties properties = database.properties();
    properties.setProperty("socketTimeout", String.valueOf(ASKING_SECONDS));
    return DriverManager.getConnection(database.jdbcUrl(), properties);
  }

  private Migrated with(Work work, boolean creates)
      throws UnsuitableException, UnreachableException {
    String version;
    String edition;
    try (Connection connection = connect()) {
      version = version(connection);
      edition = edition(connection, creates);
      refuseOtherEdition(connection, edition);
    } catch (SQLException e) {
      throw new UnreachableException(e);
    }
    try {
      // Once: each time it reads every migration and opens two connections.
      MigrationInfoService info = flyway(edition, ASKING_SECONDS).info();
      refuseNewer(info);
      return new Migrated(edition, version, work.on(edition, info));
    } catch (SQLException e) {
      throw new UnreachableException(e);
    } catch (FlywayException e) {
      if (isLost(e)) {
        throw new UnreachableException(new SQLException(e.getMessage(), e));
      }
      throw new UnsuitableException("the migrations cannot be applied: " + e.getMessage());
    }
  }

  /**
   * Whether the connection broke, was refused or ended: what was begun is rolled back, and begun
   * again.
   */
  private static boolean isLost(Throwable failure) {
    return failure instanceof SQLException sql
        ? String.valueOf(sql.getSQLState()).matches("08...|53...|57P..")
        : failure.getCause() != null && isLost(failure.getCause());
  }

  /** An older program must not put its own older functions into a newer program's schema. */
  private static void refuseNewer(MigrationInfoService info) throws UnsuitableException {
    String known = "0";
    String newest = "0";
    for (MigrationInfo migration : info.all()) {
      if (migration.isVersioned()) {
        String its = String.valueOf(migration.getVersion());
        newest = migration.getState().isApplied() ? its : newest;
        known = migration.getState() == MigrationState.FUTURE_SUCCESS ? known : its;
        if (migration.getState() == MigrationState.FUTURE_SUCCESS) {
          newest = its;
        }
      }
    }
    if (hasFuture(info)) {
      throw new UnsuitableException(
          "the database has schema version %s of a newer Candlewick, this one knows up to %s;%s"
              .formatted(newest, known, " run the newer one, or restore a copy of before it"));
    }
    for (MigrationInfo migration : info.all()) {
      if (migration.isRepeatable() && wasReplaced(info, migration)) {
        throw new UnsuitableException(
            "the database has a newer \"%s\" than this Candlewick, of schema version %s;%s"
                .formatted(
                    migration.getDescription(),
                    known,
                    " run the newer one, or restore a copy of before it"));
      }
    }
  }

  private static boolean hasFuture(MigrationInfoService info) {
    return Arrays.stream(info.applied())
        .anyMatch(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS);
  }

  /** Whether this version of the migration was applied before, and then another one. */
  private static boolean wasReplaced(MigrationInfoService info, MigrationInfo ours) {
    Integer checksum = ours.getResolvedChecksum();
    Integer last = null;
    boolean seen = false;
    for (MigrationInfo applied : info.applied()) {
      if (applied.isRepeatable() && applied.getScript().equals(ours.getScript())) {
        last = applied.getAppliedChecksum();
        seen |= Objects.equals(last, checksum);
      }
    }
    return checksum != null && seen && !Objects.equals(last, checksum);
  }

  private Flyway flyway(String edition, int socketTimeoutSeconds) {
    return Flyway.configure()
        .dataSource(
            "%s&connectTimeout=5&socketTimeout=%d&ApplicationName=%s&options=%s"
                .formatted(
                    database.jdbcUrl(),
                    socketTimeoutSeconds,
                    DatabaseUrl.MIGRATOR,
                    DatabaseUrl.encode(DatabaseUrl.MIGRATING)),
            database.user(),
            database.password())
        .locations("classpath:db/core", "classpath:db/" + edition)
        .defaultSchema("ingest")
        .table("schema_history")
        .group(true)
        // Until whoever holds the lock is done.
        .lockRetryCount(-1)
        .placeholders(Map.of("edition", edition))
        .load();
  }

  private static String version(Connection connection) throws SQLException, UnsuitableException {
    String version =
        one(
            connection,
            """
            select coalesce(installed_version, default_version)
            from pg_available_extensions where name = 'timescaledb'
            """);
    if (version == null) {
      throw new UnsuitableException(
          "TimescaleDB is not installed on this PostgreSQL server; install it and try again");
    }
    String[] parts = version.split("[.-]");
    for (int i = 0; i < OLDEST.length; i++) {
      int part = i < parts.length && parts[i].matches("[0-9]+") ? Integer.parseInt(parts[i]) : 0;
      if (part > OLDEST[i]) {
        break;
      }
      if (part < OLDEST[i]) {
        throw new UnsuitableException(
            "TimescaleDB " + version + " is too old; 2.18.1 or newer is needed");
      }
    }
    return version;
  }

  /** The edition is known only once the extension exists, so it is created first, separately. */
  private static String edition(Connection connection, boolean creates)
      throws SQLException, UnsuitableException {
    // Not shared_preload_libraries itself: only superusers may read that.
    if (one(connection, "select current_setting('timescaledb.max_background_workers', true)")
        == null) {
      throw new UnsuitableException(NOT_LOADED);
    }
    if (creates) {
      createExtension(connection);
    }
    String license = one(connection, "select current_setting('timescaledb.license', true)");
    if (license == null || license.isEmpty()) {
      throw new UnsuitableException(NOT_LOADED);
    }
    return license.equals("apache") ? "apache" : "community";
  }

  private static void createExtension(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // On a slow disk it may take longer than what is asked.
      connection.setNetworkTimeout(Runnable::run, 4 * ASKING_SECONDS * 1_000);
      statement.execute("create extension if not exists timescaledb with schema public");
      connection.setNetworkTimeout(Runnable::run, ASKING_SECONDS * 1_000);
    }
  }

  private static void refuseOtherEdition(Connection connection, String edition)
      throws SQLException, UnsuitableException {
    if (one(connection, "select to_regclass('ingest.edition')::text") == null) {
      return;
    }
    String built = one(connection, "select edition from ingest.edition");
    if (built != null && !built.equals(edition)) {
      throw new UnsuitableException(
          ("the database was made for the %s edition of TimescaleDB and now runs the %s edition;"
                  + " set timescaledb.license back, or copy the data into a new database")
              .formatted(built, edition));
    }
  }

  private static @Nullable String one(Connection connection, String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
