package dev.candlewick.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket to the server, from open to close. It ends once, with the reason: an {@link
 * IngestException} if a new connection would end the same way, any other {@link IOException} if a
 * new one is worth a try.
 */
final class IngestConnection implements WebSocket.Listener {
  private static final Duration OPENING = Duration.ofSeconds(10);

  /**
   * How often a silent server is pinged. Seconds, because the JDK's client can miss the end of a
   * TCP connection that comes while it hands a message over: only a write that fails shows it then.
   */
  private static final Duration PING_EVERY = Duration.ofSeconds(1);

  private static final Duration SILENCE = Duration.ofSeconds(45);

  /** A busy server does not read, so it does not answer pings either. */
  private static final Duration BUSY_SILENCE = Duration.ofMinutes(5);

  private static final int LONGEST_MESSAGE = 1 << 20;
  private static final int FENCED = 4409;

  /** Receives messages, on the connection's thread. */
  interface Receiver {
    void receive(ServerMessage message) throws IOException;

    void ended();
  }

  /** There is a server, but it cannot serve at the moment. */
  static final class NotNowException extends IOException {
    private static final long serialVersionUID = 1L;

    NotNowException(String message) {
      super(message);
    }
  }

  private final Receiver receiver;
  private final CompletableFuture<IOException> end = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();
  private String lastError = "";
  private volatile long heardAt = System.nanoTime();
  private volatile Duration patience = OPENING;
  private CompletableFuture<?> ping = CompletableFuture.completedFuture(null);
  private long pingedAt = System.nanoTime();

  IngestConnection(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Opens the socket; sends nothing yet. */
  WebSocket open(HttpClient http, URI uri, @Nullable String apiKey)
      throws IOException, InterruptedException {
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(OPENING);
    if (apiKey != null) {
      builder.header("Authorization", "Bearer " + apiKey);
    }
    CompletableFuture<WebSocket> opening = builder.buildAsync(uri, this);
    try {
      return opening.get(OPENING.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      opening.cancel(true);
      throw new IOException("no answer from " + uri + " within " + OPENING.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw refusal(uri, e.getCause());
    }
  }

  private static IOException refusal(URI uri, @Nullable Throwable cause) {
    if (cause instanceof WebSocketHandshakeException handshake) {
      int status = handshake.getResponse().statusCode();
      String text = uri + " answered " + status + " to the WebSocket upgrade";
      boolean passing = status >= 500 || status == 429 || status == 408;
      return passing ? new NotNowException(text) : new IngestException("refused", text, handshake);
    }
    return new IOException("cannot connect to " + uri, cause);
  }

  /** Hands a frame to the socket; waits while TCP pushes back. */
  void send(WebSocket socket, String frame) throws IOException, InterruptedException {
    CompletableFuture<WebSocket> sending = socket.sendText(frame, true);
    while (true) {
      try {
        sending.get(1, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        check(socket);
      } catch (ExecutionException e) {
        throw endOr(new IOException("cannot send", e.getCause()));
      }
    }
  }

  /** The close frame says more than the failed write, but another thread reads it. */
  private IOException endOr(IOException failedSend) throws InterruptedException {
    try {
      return end.get(1, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return failedSend;
    }
  }

  boolean isEnded() {
    return end.isDone();
  }

  /** Throws the reason if the connection has ended, or ends it if the server is silent too long. */
  void check(WebSocket socket) throws IOException {
    if (end.isDone()) {
      throw end.join();
    }
    long now = System.nanoTime();
    if (now - heardAt > patience.toNanos()) {
      throw new IOException("the server has been silent for " + patience.toSeconds() + " s");
    }
    long quiet = now - Math.max(heardAt, pingedAt);
    if (quiet > PING_EVERY.toNanos() && ping.isDone()) {
      pingedAt = now;
      ping = socket.sendPing(ByteBuffer.allocate(0)).whenComplete(this::pingSent);
    }
  }

  private void pingSent(WebSocket socket, @Nullable Throwable failure) {
    if (failure != null) {
      finish(new IOException("the connection broke", failure));
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    heard(SILENCE);
    partial.append(data);
    if (partial.length() > LONGEST_MESSAGE) {
      finish(new IOException("a message of the server is over " + LONGEST_MESSAGE + " characters"));
    } else if (last) {
      String text = partial.toString();
      partial.setLength(0);
      receive(text);
    }
    socket.request(1);
    return null;
  }

  private void receive(String text) {
    if (end.isDone()) {
      return;
    }
    try {
      ServerMessage message = ServerMessageDecoder.decode(text);
      if (message instanceof ServerMessage.Busy) {
        patience = BUSY_SILENCE;
      } else if (message instanceof ServerMessage.Failure failure) {
        lastError = " after error " + failure.code() + " " + failure.detail();
      }
      receiver.receive(message);
    } catch (IOException e) {
      finish(e);
    } catch (RuntimeException e) {
      finish(new IngestException("failed", "the listener failed", e));
    }
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    heard(patience);
    socket.request(1);
    return null;
  }

  private void heard(Duration newPatience) {
    heardAt = System.nanoTime();
    patience = newPatience;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    String text = "the server closed with " + code + " " + reason + lastError;
    finish(
        switch (code) {
          case FENCED ->
              new IngestException("fenced", "another client took the stream over: " + text);
          case 1002, 1003, 1007, 1009, 4400 -> new IngestException("protocol", text);
          default -> new NotNowException(text);
        });
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    finish(new IOException("the connection broke", error));
  }

  /** Ends the connection, unless it has ended; the first reason is kept. */
  void finish(IOException reason) {
    end.complete(reason);
    receiver.ended();
  }
}
