package dev.candlewick.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The server being measured: a separate process, from the same jar as this one, with the memory
 * that the README recommends.
 */
public final class BenchServer implements AutoCloseable {
  private final Process process;
  private final URI url;

  private BenchServer(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts it and waits until it is ready, at most a minute.
   *
   * @param main the class to run with {@code serve}
   * @param environment the configuration; the port is chosen here
   */
  public static BenchServer start(Class<?> main, Map<String, String> environment)
      throws IOException, InterruptedException {
    URI url = URI.create("http://127.0.0.1:" + freePort());
    Path log = Files.createTempFile("candlewick-bench", ".log");
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx288m",
                "-XX:MaxDirectMemorySize=96m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                "serve")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    java.environment().keySet().removeIf(key -> key.startsWith("CANDLEWICK_"));
    java.environment().putAll(environment);
    java.environment().put("CANDLEWICK_HTTP_PORT", String.valueOf(url.getPort()));
    BenchServer server = new BenchServer(java.start(), url);
    Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly));
    for (int i = 0; i < 600 && server.process.isAlive(); i++) {
      if (server.isReady()) {
        return server;
      }
      Thread.sleep(100);
    }
    server.close();
    throw new IOException("the server did not get ready:\n" + Files.readString(log));
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private boolean isReady() throws IOException {
    try {
      HttpURLConnection ready = (HttpURLConnection) url.resolve("/readyz").toURL().openConnection();
      return ready.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (ConnectException notYet) {
      return false;
    }
  }

  /** {@code http://host:port}. */
  public URI url() {
    return url;
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
