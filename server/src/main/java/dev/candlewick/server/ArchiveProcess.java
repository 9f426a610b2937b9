package dev.candlewick.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the command {@code archive} in its own process, because its engine is native and uses memory
 * outside the heap: if something goes wrong there, the server is not affected. It ends with the
 * server, however that ends.
 */
final class ArchiveProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveProcess.class);

  private static final Set<String> JVM_OPTIONS =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private final DatabaseUrl database;
  private final Path directory;
  private @Nullable Process process;

  ArchiveProcess(DatabaseUrl database, Path directory) {
    this.database = database;
    this.directory = directory;
  }

  /** Starts it, unless it is running. */
  synchronized void start() {
    if (process != null && process.isAlive()) {
      return;
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "archive",
                    "--with-parent"))
            .redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    // Of the server's own machine: a collector named there beside the one here is an error.
    environment
        .keySet()
        .removeIf(key -> key.startsWith("CANDLEWICK_") || JVM_OPTIONS.contains(key));
    environment.put(Settings.DB_URL.name(), database.withPassword());
    environment.put(Settings.ARCHIVE_DIR.name(), directory.toString());
    try {
      Process started = builder.start();
      process = started;
      Thread reader = new Thread(() -> log(started), "candlewick-archive");
      reader.setDaemon(true);
      reader.start();
    } catch (IOException e) {
      LOG.warn("the archive cannot be started: {}", e.getMessage());
    }
  }

  private static void log(Process process) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        LOG.info("archive: {}", line);
      }
    } catch (IOException e) {
      LOG.debug("archive: {}", e.getMessage());
    }
  }

  /** Ends it; unfinished work is done again. */
  synchronized void stop() {
    if (process != null) {
      process.destroy();
    }
  }
}
