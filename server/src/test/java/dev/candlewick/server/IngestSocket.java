package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A plain client of {@code /v1/ingest} for tests. Says what it is told to and hides nothing. */
public final class IngestSocket implements AutoCloseable, WebSocket.Listener {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final BlockingQueue<JsonObject> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();
  private @Nullable WebSocket socket;

  private IngestSocket() {}

  /** Opens a connection; fails with a CompletionException if there is none to be had. */
  public static IngestSocket open(URI server, String... headers) {
    return at(server, "/v1/ingest", headers);
  }

  /** The same at another path. */
  static IngestSocket at(URI server, String path, String... headers) {
    IngestSocket client = new IngestSocket();
    WebSocket.Builder builder = CLIENT.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(5));
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    URI address = URI.create(server.toString().replaceFirst("http", "ws") + path);
    client.socket = builder.buildAsync(address, client).join();
    return client;
  }

  private WebSocket socket() {
    WebSocket open = socket;
    assertThat(open).as("connected").isNotNull();
    return java.util.Objects.requireNonNull(open);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      heard.add(new JsonObject(partial.toString()));
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    ended(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable cause) {
    // 1006 stands for a connection that ended without a word.
    ended(1006);
  }

  private void ended(int code) {
    closed.complete(code);
    heard.add(new JsonObject().put("t", "closed").put("code", code));
  }

  /** Says hello; the server's welcome. */
  public JsonObject hello(String stream) {
    say(new JsonObject().put("t", "hello").put("v", 1).put("stream", stream).encode());
    return expect("welcome");
  }

  /** Sends one text frame. */
  public void say(String text) {
    socket().sendText(text, true).orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  void say(byte[] binary) {
    socket().sendBinary(ByteBuffer.wrap(binary), true).join();
  }

  /** Sends one text frame; false if the connection is gone. */
  public boolean trySay(String text) {
    try {
      say(text);
      return true;
    } catch (CompletionException gone) {
      return false;
    }
  }

  /** The next message of the server, whatever it is. */
  public JsonObject next() {
    JsonObject message = poll(PATIENCE);
    assertThat(message).as("the server's next message").isNotNull();
    return java.util.Objects.requireNonNull(message);
  }

  /** The next message of the server, {@code closed} after the last one; null if none is in time. */
  public @Nullable JsonObject poll(Duration atMost) {
    try {
      return heard.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The next message of the server, which must be of this type; it may say busy before it. */
  public JsonObject expect(String type) {
    JsonObject message = next();
    while (message.getString("t").equals("busy") && !type.equals("busy")) {
      message = next();
    }
    assertThat(message.getString("t")).as("%s", message).isEqualTo(type);
    return message;
  }

  /** The next ack that reaches this seq; the acks before it are passed over. */
  public JsonObject ackOf(long seq) {
    JsonObject ack = expect("ack");
    while (ack.getLong("committed") < seq) {
      ack = expect("ack");
    }
    return ack;
  }

  /** Waits for the close; its code, or 1006 if the connection ended without one. */
  public int closeCode() {
    return closed.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  boolean isClosed() {
    return closed.isDone();
  }

  @Override
  public void close() {
    socket().abort();
  }
}
