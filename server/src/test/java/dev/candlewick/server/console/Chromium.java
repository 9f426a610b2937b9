package dev.candlewick.server.console;

import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A headless Chromium, spoken to over its DevTools protocol: one WebSocket of JSON commands,
 * answers and events. That is all these tests need; a driver would bring a Node.js of its own.
 */
final class Chromium implements AutoCloseable {
  private static final int MOST_BYTES = 64 << 20;
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--window-size=1280,860",
          "--remote-debugging-port=0");

  private final Vertx vertx = Vertx.vertx();
  private final Process process;
  private final Path profile;

  /** Kept: Vert.x closes a client that is garbage collected, and its sockets with it. */
  private final WebSocketClient client =
      vertx.createWebSocketClient(
          new WebSocketClientOptions().setMaxFrameSize(MOST_BYTES).setMaxMessageSize(MOST_BYTES));

  private final WebSocket socket;
  private final AtomicInteger lastId = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
  private final List<Consumer<JsonObject>> listeners = new CopyOnWriteArrayList<>();

  private Chromium(Path executable) throws IOException {
    profile = Files.createTempDirectory("chromium");
    List<String> command =
        Stream.of(
                Stream.of(executable.toString()),
                FLAGS.stream(),
                Stream.of("--user-data-dir=" + profile, "about:blank"))
            .flatMap(part -> part)
            .toList();
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    URI devTools = URI.create(address(process.inputReader()));
    socket =
        client
            .connect(
                new WebSocketConnectOptions()
                    .setHost(devTools.getHost())
                    .setPort(devTools.getPort())
                    .setURI(devTools.getPath())
                    .setAllowOriginHeader(false))
            .await();
    socket.textMessageHandler(this::onMessage);
  }

  /** Where it is installed, if it is. */
  static Optional<Path> executable() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .map(name -> Path.of("/usr/bin", name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path executable) {
    try {
      return new Chromium(executable);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String address(BufferedReader output) throws IOException {
    String before = "DevTools listening on ";
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(before)) {
        Thread drain = new Thread(() -> output.lines().forEach(more -> {}), "chromium-output");
        drain.setDaemon(true);
        drain.start();
        return line.substring(before.length());
      }
    }
    throw new IOException("Chromium ended before it listened");
  }

  private void onMessage(String text) {
    JsonObject message = new JsonObject(text);
    Integer id = message.getInteger("id");
    if (id == null) {
      listeners.forEach(listener -> listener.accept(message));
      return;
    }
    CompletableFuture<JsonObject> answer = Objects.requireNonNull(waiting.remove(id));
    if (message.containsKey("error")) {
      answer.completeExceptionally(new IllegalStateException(text));
    } else {
      answer.complete(message.getJsonObject("result"));
    }
  }

  /** Calls back with every event, from the thread that reads them. */
  void listen(Consumer<JsonObject> listener) {
    listeners.add(listener);
  }

  /** One command of a page, or of the browser where {@code session} is empty; its answer. */
  JsonObject send(String session, String method, JsonObject parameters) {
    int id = lastId.incrementAndGet();
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    JsonObject command =
        new JsonObject().put("id", id).put("method", method).put("params", parameters);
    if (!session.isEmpty()) {
      command.put("sessionId", session);
    }
    socket.writeTextMessage(command.encode());
    try {
      return answer.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(method, e);
    }
  }

  /** A new page of a profile of its own, as if nobody had been there before. */
  Page open() {
    String context =
        send("", "Target.createBrowserContext", new JsonObject()).getString("browserContextId");
    JsonObject blank = new JsonObject().put("url", "about:blank").put("browserContextId", context);
    String target = send("", "Target.createTarget", blank).getString("targetId");
    JsonObject attach = new JsonObject().put("targetId", target).put("flatten", true);
    String session = send("", "Target.attachToTarget", attach).getString("sessionId");
    return new Page(this, session, target);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    send("", "Browser.close", new JsonObject());
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    vertx.close().await();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    }
  }
}
