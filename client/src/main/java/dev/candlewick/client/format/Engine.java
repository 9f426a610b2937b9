package dev.candlewick.client.format;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The engines that read and write Parquet, DuckDB and SQLite files. Their drivers are large
 * (DuckDB's has four native libraries), so they are in {@code lib} beside the jar, and only a
 * command that needs one loads it.
 */
public enum Engine {
  /** Reads DuckDB files and Parquet. */
  DUCKDB("org.duckdb.DuckDBDriver", "duckdb_jdbc.jar"),
  /** Reads SQLite files. */
  SQLITE("org.sqlite.JDBC", "sqlite-jdbc.jar");

  /** How much memory DuckDB may use outside the Java heap. */
  private static final String MEMORY = "192MB";

  private final String driverClass;
  private final String jar;
  private @Nullable Driver driver;

  Engine(String driverClass, String jar) {
    this.driverClass = driverClass;
    this.jar = jar;
  }

  /** DuckDB without a file of its own: it sees the folders of these files and nothing else. */
  public static Connection duckdb(List<Path> files) throws IOException {
    return duckdb(files, "");
  }

  /** The same; what does not fit into its memory spills into the folder {@code spill}. */
  public static Connection duckdb(List<Path> files, String spill) throws IOException {
    Properties settings = new Properties();
    settings.setProperty("jdbc_stream_results", "true");
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("threads", "1");
    settings.setProperty("memory_limit", MEMORY);
    settings.setProperty("preserve_insertion_order", "true");
    return DUCKDB.connect("jdbc:duckdb:", settings, lock(files, spill));
  }

  private static List<String> lock(List<Path> files, String spill) {
    List<String> folders =
        files.stream()
            .map(file -> quoted(String.valueOf(file.toAbsolutePath().normalize().getParent())))
            .distinct()
            .toList();
    return List.of(
        "set TimeZone = 'UTC'",
        "set temp_directory = " + quoted(spill),
        "set allowed_directories = [" + String.join(", ", folders) + "]",
        "set enable_external_access = false");
  }

  /** SQLite, read-only. */
  static Connection sqlite(Path file) throws IOException {
    Properties settings = new Properties();
    settings.setProperty("open_mode", "1");
    return SQLITE.connect("jdbc:sqlite:" + file.toAbsolutePath(), settings, List.of());
  }

  private Connection connect(String url, Properties settings, List<String> statements)
      throws IOException {
    try {
      Connection connection = driver().connect(url, settings);
      if (connection == null) {
        throw new IOException("cannot open " + url);
      }
      try (Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
      return connection;
    } catch (SQLException e) {
      throw said(e);
    }
  }

  private synchronized Driver driver() throws IOException {
    Driver found = driver;
    if (found == null) {
      try {
        found = (Driver) type().getDeclaredConstructor().newInstance();
        driver = found;
      } catch (ReflectiveOperationException e) {
        throw new IOException(
            "this needs " + jar + ", which belongs in the folder lib beside candlewick.jar", e);
      }
    }
    return found;
  }

  private Class<?> type() throws ReflectiveOperationException, IOException {
    ClassLoader loader = Engine.class.getClassLoader();
    try {
      return Class.forName(driverClass, true, loader);
    } catch (ClassNotFoundException e) {
      return Class.forName(driverClass, true, new URLClassLoader(beside(), loader));
    }
  }

  /** The driver's jar in {@code lib}; none if it is not there. */
  private URL[] beside() throws IOException {
    try {
      Path self = Path.of(Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path lib = self.resolveSibling("lib");
      List<URL> jars = new ArrayList<>();
      if (Files.isRegularFile(lib.resolve(jar))) {
        jars.add(url(lib.resolve(jar)));
      }
      return jars.toArray(new URL[0]);
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }

  /** A text as an SQL literal. */
  public static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** A name as an SQL identifier. */
  public static String named(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** What went wrong, in the engine's words on one line. */
  public static IOException said(SQLException e) {
    return new IOException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
  }
}
