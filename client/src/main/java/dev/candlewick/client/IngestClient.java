package dev.candlewick.client;

import dev.candlewick.client.IngestConnection.NotNowException;
import dev.candlewick.client.ServerMessage.Ack;
import dev.candlewick.client.ServerMessage.Busy;
import dev.candlewick.client.ServerMessage.Drain;
import dev.candlewick.client.ServerMessage.Failure;
import dev.candlewick.client.ServerMessage.Welcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stream into {@code /v1/ingest}: every message sent is stored once, in order, or the caller is
 * told.
 *
 * <pre>{@code
 * try (IngestClient client = IngestClient.connect(uri, "feed-7", apiKey, rejection -> log(rejection))) {
 *   long seq = client.nextSeq();               // 1, or where an earlier run of this feed ended
 *   client.send(TickMessage.trades(instrument, trades));
 *   client.flush(Duration.ofSeconds(30));      // true: all of it is committed
 * }
 * }</pre>
 *
 * <p><b>Reconnecting.</b> A message is kept until the server has committed it. When the connection
 * is lost the client opens another, waiting a random time of up to 100 ms, then 200 ms and so on to
 * 5 s, and goes on from the seq that the server asks for. The first time a server must be there; if
 * it cannot serve yet, its database being away for example, the client waits for it.
 *
 * <p><b>Restarting.</b> What was sent and not committed when the process ended is the caller's to
 * send again. A caller whose messages are always cut the same way takes {@link #nextSeq} as its
 * position; one that sends trades with ids may simply send again from some time before.
 *
 * <p><b>Bounds.</b> {@link #send} waits while as many messages or bytes are on their way as the
 * server allows, which is also how a slow, busy or restarting server is felt. Any thread may call.
 */
public final class IngestClient implements AutoCloseable {
  private static final Pattern STREAM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final long FIRST_BACKOFF_MS = 100;
  private static final long LONGEST_BACKOFF_MS = 5_000;
  private static final long LONGEST_HOLD_MS = 60_000;

  /** A draining server is gone within 25 s. */
  private static final Duration DRAIN = Duration.ofSeconds(30);

  private static final Duration FIRST_WELCOME = Duration.ofMinutes(2);
  private static final Duration CHECK = Duration.ofSeconds(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI uri;
  private final String stream;
  private final @Nullable String apiKey;
  private final IngestListener listener;
  private final Window window = new Window();
  private final AtomicLong rejected = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private final Thread sender;
  private final long begun = System.nanoTime();

  private IngestClient(URI uri, String stream, @Nullable String apiKey, IngestListener listener) {
    this.uri = uri;
    this.stream = stream;
    this.apiKey = apiKey;
    this.listener = listener;
    sender = new Thread(this::run, "ingest-" + stream);
    sender.setDaemon(true);
  }

  /**
   * Opens a stream and waits for the server's welcome: 10 s at most for a connection, 2 min for a
   * server that says it cannot serve yet. Not to be called by a thread of the common ForkJoinPool:
   * the JDK's HTTP client needs one of them to connect.
   *
   * @param uri such as {@code ws://127.0.0.1:8080/v1/ingest}
   * @param stream {@code [A-Za-z0-9._-]{1,64}}. One client at a time: a second one ends the first
   * @param apiKey null where the server has no keys configured
   * @throws IngestException if there is no welcome: {@code unreachable}, {@code refused}
   */
  public static IngestClient connect(
      URI uri, String stream, @Nullable String apiKey, IngestListener listener)
      throws IngestException, InterruptedException {
    if (!STREAM.matcher(stream).matches()) {
      throw new IllegalArgumentException("stream \"" + stream + "\" is not " + STREAM);
    }
    IngestClient client = new IngestClient(uri, stream, apiKey, listener);
    client.sender.start();
    try {
      client.window.awaitWelcome();
    } catch (InterruptedException e) {
      client.close();
      throw e;
    }
    return client;
  }

  /**
   * Sends a message as the next of the stream; waits while the window is full. Returning means
   * taken, not committed.
   *
   * @return the message's seq
   * @throws IllegalArgumentException if the message is over the server's limit of rows or bytes,
   *     which it names; nothing was sent
   * @throws IngestException if the client has stopped
   */
  public long send(TickMessage message) throws IngestException, InterruptedException {
    return window.add(message);
  }

  /**
   * Waits until everything sent so far is committed.
   *
   * @return false if {@code time} was too short
   * @throws IngestException if the client has stopped with messages not committed
   */
  public boolean flush(Duration time) throws IngestException, InterruptedException {
    return window.awaitCommitted(time);
  }

  /** The seq that the next message gets. After connecting: one past what is committed. */
  public long nextSeq() {
    return window.nextSeq();
  }

  /** The last seq of which the server said that it and all before are in the database. */
  public long committed() {
    return window.committed();
  }

  /** Rows, rejected ones included, of the messages sent by this client that are committed. */
  public long committedRows() {
    return window.committedRows();
  }

  /**
   * Rows refused for good, as far as acks told. An ack lost with its connection is not repeated;
   * the server's own list is {@code GET /v1/rejects?stream=}.
   */
  public long rejected() {
    return rejected.get();
  }

  /** Rows that the server had already, as far as acks told. They count as committed. */
  public long duplicates() {
    return duplicates.get();
  }

  /** Ends the stream at once, whatever is still on its way: call {@link #flush} before. */
  @Override
  public void close() {
    window.stop(new IngestException("closed", "the client was closed"));
    sender.interrupt();
    try {
      sender.join(3_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      int failures = 0;
      while (true) {
        long before = window.committed();
        try {
          session();
        } catch (IngestException e) {
          throw e;
        } catch (IOException e) {
          failures = window.committed() > before ? 1 : failures + 1;
          lost(e, failures);
        }
      }
    } catch (IngestException e) {
      window.stop(e);
    } catch (RuntimeException e) {
      window.stop(new IngestException("failed", "the client failed: " + e, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Only close() does this, and it has said why.
    }
  }

  private void lost(IOException cause, int failures) throws IngestException, InterruptedException {
    boolean waits =
        cause instanceof NotNowException && System.nanoTime() - begun < FIRST_WELCOME.toNanos();
    if (!window.welcomedOnce() && !waits) {
      throw new IngestException("unreachable", String.valueOf(cause.getMessage()), cause);
    }
    listener.disconnected(cause);
    long longest = Math.min(FIRST_BACKOFF_MS << Math.min(failures - 1, 10), LONGEST_BACKOFF_MS);
    Thread.sleep(ThreadLocalRandom.current().nextLong(longest + 1));
  }

  /** One connection: hello, then messages for as long as it lasts; ends by throwing only. */
  private void session() throws IOException, InterruptedException {
    IngestConnection connection = new IngestConnection(new Receiver());
    window.connecting();
    WebSocket socket = connection.open(http, uri, apiKey);
    try {
      connection.send(socket, "{\"t\":\"hello\",\"v\":1,\"stream\":\"" + stream + "\"}");
      while (true) {
        String frame = window.next(connection::isEnded, CHECK);
        connection.check(socket);
        if (frame != null) {
          connection.send(socket, frame);
        }
      }
    } catch (InterruptedException e) {
      sayGoodbye(socket);
      throw e;
    } finally {
      connection.finish(new IOException("given up"));
      socket.abort();
    }
  }

  private static void sayGoodbye(WebSocket socket) throws InterruptedException {
    try {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(1, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The socket is aborted either way.
    }
  }

  /** What the server says, on the connection's thread. */
  private final class Receiver implements IngestConnection.Receiver {
    @Override
    public void receive(ServerMessage message) throws IOException {
      if (message instanceof Welcome welcome) {
        window.welcomed(welcome);
      } else if (message instanceof Ack ack) {
        ack.rejected().forEach(listener::rejected);
        rejected.addAndGet(ack.rejected().size() + ack.rejectedMore());
        duplicates.addAndGet(ack.duplicates());
        window.acked(ack);
      } else if (message instanceof Busy busy) {
        window.hold(Duration.ofMillis(Math.min(busy.retryMs(), LONGEST_HOLD_MS)));
      } else if (message instanceof Drain) {
        window.hold(DRAIN);
      } else if (message instanceof Failure failure && failure.code().equals("seq_gap")) {
        window.rewind(failure.expected());
      } else if (message instanceof Failure failure && failure.code().equals("rewound")) {
        throw new IngestException("rewound", failure.detail());
      }
    }

    @Override
    public void ended() {
      window.wake();
    }
  }
}
