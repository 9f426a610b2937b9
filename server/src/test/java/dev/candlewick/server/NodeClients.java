package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Clients from npm as they are, run by the scripts in {@code src/test/node}. Without node or npm,
 * or where npm cannot fetch them, the tests are skipped, which CANDLEWICK_TEST_CLIENTS=required
 * makes a failure; likewise where Python is needed and not there.
 */
public final class NodeClients {
  private static final Path SOURCES = Path.of("src", "test", "node");

  /** Of this JVM: another that tests beside it installs at the same time. */
  private static final Path INSTALLED = Path.of("target", "node-" + ProcessHandle.current().pid());

  private NodeClients() {}

  /** Installs the clients once for this JVM; the folder that they, and the scripts, are in. */
  public static Path install() {
    if (Installed.FAULT != null) {
      skip("clients from npm were not run: " + Installed.FAULT);
    }
    return INSTALLED;
  }

  /** Skips the test where there is no node. */
  public static void requireNode() {
    if (!isOnPath("node")) {
      skip("there is no node");
    }
  }

  /** A Python that has this package. */
  public static String pythonWith(String packageName) {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      if (execute(Path.of("."), python, "-c", "import " + packageName).exit == 0) {
        return python;
      }
    }
    skip("there is no python3 with " + packageName);
    throw new IllegalStateException("skipped");
  }

  private static void skip(String message) {
    LoggerFactory.getLogger(NodeClients.class).warn(message);
    assertThat(System.getenv("CANDLEWICK_TEST_CLIENTS")).as(message).isNotEqualTo("required");
    abort(message);
  }

  private static boolean isOnPath(String command) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }

  private static final class Installed {
    static final @Nullable String FAULT = fault();

    private static @Nullable String fault() {
      for (String command : List.of("node", "npm")) {
        if (!isOnPath(command)) {
          return "there is no " + command;
        }
      }
      copySources();
      Runtime.getRuntime().addShutdownHook(new Thread(Installed::remove));
      String cache = Path.of(System.getProperty("java.io.tmpdir"), "candlewick-npm").toString();
      Run npm =
          execute(
              INSTALLED,
              "npm",
              "ci",
              "--cache",
              cache,
              "--ignore-scripts",
              "--no-audit",
              "--no-fund");
      return npm.exit == 0 ? null : "npm ci failed: " + npm.output;
    }

    private static void remove() {
      try (Stream<Path> all = Files.walk(INSTALLED)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        LoggerFactory.getLogger(NodeClients.class).warn("not removed: {}", INSTALLED, e);
      }
    }

    private static void copySources() {
      try (Stream<Path> files = Files.list(SOURCES)) {
        Files.createDirectories(INSTALLED);
        for (Path file : files.toList()) {
          Path copy = INSTALLED.resolve(file.getFileName());
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      } catch (IOException e) {
        throw new IllegalStateException("not copied: " + SOURCES, e);
      }
    }
  }

  private record Run(int exit, String output) {}

  /** Runs a script to its end; it must end with 0. */
  public static void run(String script, String url) {
    Run node = execute(INSTALLED, "node", script, url);
    assertThat(node.exit).as("%s: %s", script, node.output).isZero();
  }

  private static Run execute(Path directory, String... command) {
    try {
      Path output = Files.createTempFile("candlewick", ".txt");
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
      }
      Run run = new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
      Files.delete(output);
      return run;
    } catch (IOException e) {
      return new Run(-1, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
