package dev.candlewick.server;

import dev.candlewick.net.DatabaseSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A database as a folder, and back: pg_dump's archive, plus how many rows each table has in the
 * same snapshot, against which a restored database is checked. A restored database gets its name
 * only once it is complete.
 */
final class Backup {
  private static final String DUMP = "candlewick.dump";
  private static final String MANIFEST = "backup.properties";
  private static final String ROWS = "rows.";

  private static final String TABLES =
      """
      select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|_?timescaledb)'
        and n.nspname not in ('information_schema', 'toolkit_experimental')
        and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      order by 1
      """;

  /**
   * Higher than any epoch a feed has seen since, because time does not go back; and streams have no
   * holder any more, so that feeds which stayed connected are told to go back rather than that
   * someone else has their stream.
   */
  private static final String NEXT_EPOCHS =
      """
      update ingest.streams
      set epoch = greatest(epoch + 1, extract(epoch from clock_timestamp())::int8),
          holder = '00000000-0000-0000-0000-000000000000'
      """;

  private final DatabaseUrl database;
  private final String programs;

  /** {@code programs}: the folder with pg_dump and pg_restore; empty to find them on the path. */
  Backup(DatabaseUrl database, String programs) {
    this.database = database;
    this.programs = programs;
  }

  /** What could not be done, and why. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String message) {
      super(message);
    }
  }

  /**
   * Creates the backup; the folder appears once it is complete.
   *
   * @return the rows in it
   */
  long make(Path folder) throws FailedException, IOException, InterruptedException {
    if (Files.exists(folder)) {
      throw new FailedException(folder + " is there already");
    }
    Path part = folder.resolveSibling(folder.getFileName() + ".part");
    Files.createDirectories(part);
    Properties manifest = new Properties();
    long rows = 0;
    try (Connection connection = connect(database)) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      String snapshot = text(connection, "select pg_export_snapshot()");
      manifest.setProperty("timescaledb", extension(connection));
      for (Map.Entry<String, Long> table : rows(connection).entrySet()) {
        manifest.setProperty(ROWS + table.getKey(), table.getValue().toString());
        rows += table.getValue();
      }
      run(
          "pg_dump",
          "--format=custom",
          "--no-password",
          "--snapshot=" + snapshot,
          "--file=" + part.resolve(DUMP),
          "--dbname=" + watched());
    } catch (SQLException e) {
      throw failed(e);
    }
    manifest.setProperty("sha256", sha256(part.resolve(DUMP)));
    try (OutputStream out = Files.newOutputStream(part.resolve(MANIFEST))) {
      manifest.store(out, "a backup of Candlewick");
    }
    Files.move(part, folder);
    return rows;
  }

  /**
   * Restores a backup as the database in the URL, which must be empty or not exist.
   *
   * @return the rows, which are as many as in the backup, table by table
   */
  long restore(Path folder) throws FailedException, IOException, InterruptedException {
    Properties manifest = manifest(folder);
    DatabaseUrl server = database.withDatabase("postgres");
    String restoring = database.database() + "_restoring";
    try (Connection connection = connect(server)) {
      boolean exists = exists(connection, database.database());
      if (exists) {
        refuseUsed();
      }
      execute(connection, "drop database if exists " + quoted(restoring) + " with (force)");
      execute(connection, "create database " + quoted(restoring) + " template template0");
      long rows = fill(database.withDatabase(restoring), folder, manifest);
      if (exists) {
        execute(connection, "drop database " + quoted(database.database()) + " with (force)");
      }
      rename(connection, restoring);
      return rows;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private Properties manifest(Path folder) throws FailedException, IOException {
    Properties manifest = new Properties();
    if (!Files.isRegularFile(folder.resolve(MANIFEST))) {
      throw new FailedException(folder + " is not a backup: it has no " + MANIFEST);
    }
    try (InputStream in = Files.newInputStream(folder.resolve(MANIFEST))) {
      manifest.load(in);
    }
    if (!sha256(folder.resolve(DUMP)).equals(manifest.getProperty("sha256"))) {
      throw new FailedException(folder.resolve(DUMP) + " is damaged: its checksum differs");
    }
    return manifest;
  }

  private void refuseUsed() throws FailedException, SQLException {
    try (Connection connection = connect(database)) {
      if (!rows(connection).isEmpty()) {
        throw new FailedException(
            "the database " + database.database() + " is not empty; restore into a new one");
      }
    }
  }

  private long fill(DatabaseUrl target, Path folder, Properties manifest)
      throws FailedException, SQLException, IOException, InterruptedException {
    try (Connection connection = connect(target)) {
      String version = manifest.getProperty("timescaledb", "");
      execute(connection, "create extension timescaledb version '" + version + "'");
    }
    try (Connection connection = connect(target)) {
      text(connection, "select timescaledb_pre_restore()");
    }
    new Backup(target, programs)
        .run(
            "pg_restore",
            "--no-owner",
            "--no-password",
            "--dbname=" + new Backup(target, programs).watched(),
            folder.resolve(DUMP).toString());
    try (Connection connection = connect(target)) {
      text(connection, "select timescaledb_post_restore()");
    }
    try (Connection connection = connect(target)) {
      execute(connection, "analyze");
      long rows = check(manifest, rows(connection));
      execute(connection, NEXT_EPOCHS);
      text(connection, "select _timescaledb_functions.stop_background_workers()");
      return rows;
    }
  }

  private static long check(Properties manifest, Map<String, Long> restored)
      throws FailedException {
    List<String> wrong = new ArrayList<>();
    long rows = 0;
    for (String key : manifest.stringPropertyNames()) {
      if (key.startsWith(ROWS)) {
        String table = key.substring(ROWS.length());
        long there = restored.getOrDefault(table, -1L);
        long expected = Long.parseLong(manifest.getProperty(key));
        if (there != expected) {
          wrong.add(table + " has " + there + " rows, not " + expected);
        }
        rows += there;
      }
    }
    if (!wrong.isEmpty()) {
      throw new FailedException("what was restored differs: " + String.join("; ", wrong));
    }
    return rows;
  }

  private void rename(Connection connection, String restoring) throws SQLException {
    // A TimescaleDB worker that is just ending would keep the name in use.
    execute(
        connection,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
            + restoring.replace("'", "''")
            + "'");
    execute(
        connection,
        "alter database " + quoted(restoring) + " rename to " + quoted(database.database()));
    try (Connection renamed = connect(database)) {
      text(renamed, "select _timescaledb_functions.start_background_workers()");
    }
  }

  private static Map<String, Long> rows(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet names = statement.executeQuery(TABLES)) {
      while (names.next()) {
        tables.add(names.getString(1));
      }
    }
    Map<String, Long> rows = new TreeMap<>();
    for (String table : tables) {
      rows.put(table, Long.valueOf(text(connection, "select count(*) from " + table)));
    }
    return rows;
  }

  private static String extension(Connection connection) throws SQLException {
    return text(connection, "select extversion from pg_extension where extname = 'timescaledb'");
  }

  private static boolean exists(Connection connection, String name) throws SQLException {
    String literal = "'" + name.replace("'", "''") + "'";
    String count = "select count(*) from pg_database where datname = " + literal;
    return text(connection, count).equals("1");
  }

  private static Connection connect(DatabaseUrl url) throws SQLException {
    return DriverManager.getConnection(url.jdbcUrl(), url.properties());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static FailedException failed(SQLException e) {
    return new FailedException("the database refuses: " + e.getMessage());
  }

  /**
   * Its name for PostgreSQL's programs, which end about 20 s after its line or machine is gone, as
   * their sessions do after theirs; otherwise after two hours.
   */
  private String watched() {
    return """
        dbname='%1$s' tcp_user_timeout=60000 \
        keepalives_idle=%2$d keepalives_interval=%3$d keepalives_count=%4$d \
        options='-c tcp_keepalives_idle=%2$d -c tcp_keepalives_interval=%3$d -c tcp_keepalives_count=%4$d'"""
        .formatted(
            database.database().replace("\\", "\\\\").replace("'", "\\'"),
            DatabaseSession.ALIVE_IDLE,
            DatabaseSession.ALIVE_INTERVAL,
            DatabaseSession.ALIVE_COUNT);
  }

  /** Runs one of PostgreSQL's programs on the database. */
  private void run(String program, String... arguments)
      throws FailedException, IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(programs.isEmpty() ? program : Path.of(programs, program).toString());
    command.addAll(
        List.of(
            "--host=" + database.host(),
            "--port=" + database.port(),
            "--username=" + database.user()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", "C"); // its complaints are read
    environment.put("PGPASSWORD", database.password());
    environment.put("PGSSLMODE", database.sslMode());
    if (!database.sslRootCertificate().isEmpty()) {
      environment.put("PGSSLROOTCERT", database.sslRootCertificate());
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new FailedException(
          program + " is not there; name its folder with --programs (" + e.getMessage() + ")");
    }
    Thread kill = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(kill);
    List<String> errors = errors(process);
    int exit = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(kill);
    if (exit != 0 && !(program.equals("pg_restore") && onlyRolesMissed(errors))) {
      throw new FailedException(complaint(program, exit, errors));
    }
  }

  private static String complaint(String program, int exit, List<String> errors) {
    if (errors.stream().anyMatch(error -> error.contains("server version mismatch"))) {
      return program
          + " is older than the server; name the folder of its version's programs with --programs";
    }
    return program + ": " + (errors.isEmpty() ? "exit " + exit : errors.get(errors.size() - 1));
  }

  /** Its lines that tell of an error. */
  private static List<String> errors(Process process) throws IOException {
    List<String> errors = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains("error:") && errors.size() < 1000) {
          errors.add(line);
        }
      }
    }
    return errors;
  }

  /**
   * Roles belong to the server, not to the database: sql/roles.sql creates them and grants rights.
   */
  private static boolean onlyRolesMissed(List<String> errors) {
    return !errors.isEmpty()
        && errors.stream()
            .allMatch(error -> error.contains("role \"") && error.contains("does not exist"));
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }
}
