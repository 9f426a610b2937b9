package dev.candlewick.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's own TimescaleDB: in a container if a Docker engine answers, otherwise from the script
 * that runs Debian's packages in place.
 */
final class LocalDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalDatabase.class);
  private static final String IMAGE = "timescale/timescaledb:2.29.2-pg17";
  private static final String SCRIPT = "/db/timescaledb";

  private final DatabaseUrl url;
  private final List<String> stop;

  private LocalDatabase(DatabaseUrl url, List<String> stop) {
    this.url = url;
    this.stop = stop;
  }

  DatabaseUrl url() {
    return url;
  }

  /** Starts one; progress goes to standard error. */
  static LocalDatabase start() throws ServerException, InterruptedException {
    try {
      return dockerAnswers() ? container() : cluster();
    } catch (IOException e) {
      throw new ServerException("no database could be started: " + e.getMessage());
    }
  }

  private static boolean dockerAnswers() throws InterruptedException {
    try {
      Process info =
          new ProcessBuilder("docker", "info")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return info.waitFor() == 0;
    } catch (IOException noDocker) {
      return false;
    }
  }

  private static LocalDatabase container()
      throws IOException, ServerException, InterruptedException {
    // The password is no secret because the port is published on loopback only; and the data
    // outlives it.
    String password = "candlewick";
    String name = "candlewick-demo";
    run(List.of("docker", "rm", "--force", name));
    run(
        List.of(
            "docker",
            "run",
            "--detach",
            "--name",
            name,
            "--env",
            "POSTGRES_PASSWORD=" + password,
            "--env",
            "NO_TS_TUNE=true",
            "--volume",
            name + ":/var/lib/postgresql/data",
            "--publish",
            "127.0.0.1::5432",
            IMAGE));
    String address =
        run(List.of("docker", "port", name, "5432/tcp")).lines().findFirst().orElse("");
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1).strip());
    return new LocalDatabase(
        new DatabaseUrl("127.0.0.1", port, "postgres", "postgres", password, Map.of()),
        List.of("docker", "stop", name));
  }

  private static LocalDatabase cluster() throws IOException, ServerException, InterruptedException {
    Path script = Files.createTempFile("candlewick-timescaledb", "");
    try (InputStream packed = LocalDatabase.class.getResourceAsStream(SCRIPT)) {
      if (packed == null) {
        throw new IOException(SCRIPT + " is not in the jar");
      }
      Files.write(script, packed.readAllBytes());
    }
    script.toFile().deleteOnExit();
    List<String> command = List.of("bash", script.toString());
    String url = run(with(command, "start", "--name", "demo")).strip();
    return new LocalDatabase(DatabaseUrl.parse(url), with(command, "stop", "--name", "demo"));
  }

  private static List<String> with(List<String> command, String... arguments) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    return all;
  }

  /** The command's output; its progress and errors go to standard error. */
  private static String run(List<String> command)
      throws IOException, ServerException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new ServerException(
          "no database could be started; provide one with CANDLEWICK_DB_URL, a Docker engine, or"
              + " Debian with apt");
    }
    return output;
  }

  /** Stops it; the data is kept for the next time. */
  @Override
  public void close() {
    try {
      run(stop);
    } catch (IOException | ServerException e) {
      LOG.warn("the demo database did not stop: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
