package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The packed server as a process of its own, on a free port. It knows nothing of the code under
 * test: it speaks HTTP to it, sends it signals and reads what it prints.
 */
public final class ServerProcess implements AutoCloseable {
  private static final String LISTENS = "Candlewick listens on ";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Process process;
  private final List<String> output = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<URI> url = new CompletableFuture<>();

  private ServerProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "output of server " + process.pid());
    reader.setDaemon(true);
    reader.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** Starts a server on this database and waits until it is ready. */
  public static ServerProcess on(TestDatabase database, String... keysAndValues) {
    return start(database.url(), keysAndValues).awaitReady();
  }

  /** Starts a server and waits until it listens; configuration keys without CANDLEWICK_. */
  public static ServerProcess start(String databaseUrl, String... keysAndValues) {
    return startUnder(List.of(), databaseUrl, keysAndValues);
  }

  /** The same by way of another command, which gets the server's as its last arguments. */
  static ServerProcess startUnder(
      List<String> command, String databaseUrl, String... keysAndValues) {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("DB_URL", databaseUrl);
    configuration.put("HTTP_PORT", "0");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      configuration.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    List<String> serve =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            System.getProperty("candlewick.jar", "target/candlewick.jar"),
            "serve");
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(command.stream(), serve.stream()).toList())
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("CANDLEWICK_"));
    configuration.forEach((key, value) -> builder.environment().put("CANDLEWICK_" + key, value));
    try {
      ServerProcess server = new ServerProcess(builder.start());
      server.url();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException("no server", e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        if (line.startsWith(LISTENS)) {
          url.complete(URI.create(line.substring(LISTENS.length()).strip()));
        }
      }
    } catch (IOException killed) {
      output.add("(" + killed.getMessage() + ")");
    }
    String how = "ended with " + process.onExit().join().exitValue() + ": ";
    url.completeExceptionally(new IllegalStateException(how + String.join("\n", output)));
  }

  /** Where it listens. */
  public URI url() {
    return url.orTimeout(30, TimeUnit.SECONDS).join();
  }

  /** Waits until {@code /readyz} says 200. */
  public ServerProcess awaitReady() {
    await("ready: " + url(), Duration.ofSeconds(60), () -> get("/readyz").statusCode() == 200);
    return this;
  }

  /** Waits until something holds; fails if it does not in time. */
  public static void await(String what, Duration atMost, BooleanSupplier holds) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not in time: %s", what).isLessThan(end);
      sleep(20);
    }
  }

  /** Sleeps. */
  public static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What it printed so far, line by line. */
  public List<String> output() {
    synchronized (output) {
      return List.copyOf(output);
    }
  }

  /** A metric without labels, as a whole number. */
  public long metric(String name, String... headers) {
    return get("/metrics", headers)
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** Whether it has printed a line that contains this. */
  public boolean hasSaid(String text) {
    return output().stream().anyMatch(line -> line.contains(text));
  }

  /** A feed's connection to it. */
  public IngestSocket feed() {
    return IngestSocket.open(url());
  }

  /** A feed's connection that has said hello. */
  public IngestSocket feed(String stream) {
    IngestSocket socket = feed();
    socket.hello(stream);
    return socket;
  }

  public HttpResponse<String> get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  /** The JSON of a GET that must succeed. */
  public JsonObject json(String path) {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  /** POSTs a JSON body. */
  public HttpResponse<String> post(String path, String json, String... headers) {
    return post(path, "application/json", json.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** POSTs any body. */
  public HttpResponse<String> post(
      String path, String contentType, byte[] body, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  /** PUTs a JSON body, which must be taken. */
  public void put(String path, String json) {
    HttpResponse<String> answer = send(request(path).PUT(BodyPublishers.ofString(json)));
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
  }

  /** POSTs a JSON body without waiting for the answer. */
  public CompletableFuture<HttpResponse<String>> postLater(
      String path, String json, String... headers) {
    return CLIENT.sendAsync(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(60));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** A number that Linux tells of it: {@code VmHWM}, its memory at most, in kB; {@code Threads}. */
  public long status(String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException ended) {
      return 0;
    }
  }

  /** Its process id. */
  long pid() {
    return process.pid();
  }

  /** Stops it where it stands (SIGSTOP): its connections stay, it answers nothing. */
  public void freeze() {
    OwnCluster.signal("STOP", process.pid());
  }

  /** Lets it go on after {@link #freeze}. */
  public void thaw() {
    OwnCluster.signal("CONT", process.pid());
  }

  /** Files and sockets that it has open. */
  public int openFiles() {
    String[] open = Path.of("/proc/" + process.pid() + "/fd").toFile().list();
    return open == null ? 0 : open.length;
  }

  /** SIGTERM, without waiting. */
  public void terminate() {
    process.destroy();
  }

  /** kill -9; returns once the process is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /** Waits for the process to end; its exit code. */
  public int awaitExit(Duration atMost) {
    try {
      assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
          .as("ended within %s", atMost)
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
