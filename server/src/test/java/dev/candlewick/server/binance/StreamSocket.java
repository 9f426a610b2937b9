package dev.candlewick.server.binance;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of the streams. */
final class StreamSocket implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration SOON = Duration.ofSeconds(20);

  private final BlockingQueue<JsonObject> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder message = new StringBuilder();
  private @Nullable WebSocket socket;

  static StreamSocket open(URI server, String path) {
    StreamSocket listener = new StreamSocket();
    URI url = URI.create(server.toString().replaceFirst("^http", "ws") + path);
    listener.socket = CLIENT.newWebSocketBuilder().buildAsync(url, listener).join();
    return listener;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      messages.add(new JsonObject(message.toString()));
      message.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  /** Sends a message; the next one that comes. */
  JsonObject ask(String text) {
    if (socket != null) {
      socket.sendText(text, true).join();
    }
    return next();
  }

  JsonObject next() {
    JsonObject next = poll(SOON);
    assertThat(next).as("a message").isNotNull();
    return next == null ? new JsonObject() : next;
  }

  /** The next message; null if none comes in time. */
  @Nullable JsonObject poll(Duration atMost) {
    try {
      return messages.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  int closeCode() {
    return closed.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.abort();
    }
  }
}
