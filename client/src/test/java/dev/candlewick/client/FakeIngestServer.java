package dev.candlewick.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of {@code /v1/ingest}, one stream, in memory. It keeps to the contract's
 * sequence rule and checks that the client keeps to the limits; what it does wrong on purpose is
 * switched on by its fields.
 */
final class FakeIngestServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer http;
  private final CuttableLine line;
  private final int port;
  private final List<String> received = new ArrayList<>();
  private @Nullable ServerWebSocket socket;
  private int receivedInAll;

  /** Frames by seq, as committed; the first has seq {@link #firstSeq}. */
  final List<String> committed = new CopyOnWriteArrayList<>();

  final List<String> hellos = new CopyOnWriteArrayList<>();
  final List<String> violations = new CopyOnWriteArrayList<>();
  final List<@Nullable String> authorizations = new CopyOnWriteArrayList<>();

  volatile long firstSeq = 1;
  volatile long messageBytes = 262_144;
  volatile long rows = 5_000;
  volatile long inflightMessages = 64;
  volatile long inflightBytes = 4_194_304;

  /** Commits and acks at once; otherwise on {@link #commit}. */
  volatile boolean commitsAtOnce = true;

  /** Takes messages and commits them but keeps the acks to itself. */
  volatile boolean swallowsAcks;

  /** Answers the upgrade with this; 0 for a WebSocket. */
  volatile int refusal;

  /** Cuts the connection after every so many messages received; 0 for never. */
  volatile int cutsAfter;

  /** Behaves as if the message with this seq had been lost on its way, once. */
  volatile long loses = -1;

  /** Has each hello wait, as while the database is away. */
  volatile boolean busyBeforeWelcome;

  /** What the next hellos and upgrades meet instead of a welcome; a status refuses the upgrade. */
  final Deque<Outage> outages = new ConcurrentLinkedDeque<>();

  /** A trouble of the server at the start of a connection. */
  record Outage(int status, Consumer<ServerWebSocket> hello) {
    static Outage refusing(int status) {
      return new Outage(status, socket -> {});
    }

    static Outage atHello(Consumer<ServerWebSocket> hello) {
      return new Outage(0, hello);
    }
  }

  /** Fields added to the next ack. */
  volatile JsonObject nextAck = new JsonObject();

  FakeIngestServer() {
    HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
    http =
        vertx
            .createHttpServer(options)
            .webSocketHandshakeHandler(
                upgrade -> {
                  authorizations.add(upgrade.headers().get("Authorization"));
                  Outage next = outages.peek();
                  if (next != null && next.status() != 0) {
                    outages.remove();
                    upgrade.reject(next.status());
                  } else if (refusal != 0) {
                    upgrade.reject(refusal);
                  } else {
                    upgrade.accept();
                  }
                })
            .webSocketHandler(this::serve);
    await(http.listen());
    line = new CuttableLine(vertx, http.actualPort());
    port = await(line.listen());
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + port + "/v1/ingest");
  }

  private void serve(ServerWebSocket opened) {
    opened.textMessageHandler(text -> onText(opened, text));
    opened.exceptionHandler(broken -> {});
  }

  private synchronized void onText(ServerWebSocket from, String text) {
    JsonObject message = new JsonObject(text);
    if ("hello".equals(message.getString("t"))) {
      hellos.add(text);
      Outage outage = outages.poll();
      if (outage != null) {
        outage.hello().accept(from);
        return;
      }
      socket = from;
      received.clear();
      if (busyBeforeWelcome) {
        say(new JsonObject().put("t", "busy").put("retry_ms", 10));
      }
      from.writeTextMessage(welcome(message.getString("stream")).encode());
    } else if (from == socket) {
      onRows(message.getLong("seq"), message.getJsonArray("rows", new JsonArray()).size(), text);
    }
  }

  private JsonObject welcome(String stream) {
    JsonObject limits =
        new JsonObject()
            .put("message_bytes", messageBytes)
            .put("rows", rows)
            .put("inflight_messages", inflightMessages)
            .put("inflight_bytes", inflightBytes);
    return new JsonObject()
        .put("t", "welcome")
        .put("v", 1)
        .put("stream", stream)
        .put("epoch", hellos.size())
        .put("next_seq", firstSeq + committed.size())
        .put("durability", "full")
        .put("limits", limits);
  }

  private void onRows(long seq, int rowsInMessage, String text) {
    long next = firstSeq + committed.size() + received.size();
    if (seq < 1) {
      violations.add("seq " + seq);
      closeWith(4400, "bad_message");
    } else if (seq == loses) {
      loses = -1;
    } else if (seq > next) {
      say(new JsonObject().put("t", "error").put("code", "seq_gap").put("expected", next));
    } else if (seq == next) {
      received.add(text);
      checkLimits(rowsInMessage, text);
      if (commitsAtOnce) {
        commit(1);
      }
    } else {
      ack();
    }
    if (cutsAfter > 0 && ++receivedInAll % cutsAfter == 0) {
      cut();
    }
  }

  private void checkLimits(int rowsInMessage, String text) {
    long bytes = received.stream().mapToLong(String::length).sum();
    boolean within =
        rowsInMessage <= rows
            && text.length() <= messageBytes
            && received.size() <= inflightMessages
            && bytes <= inflightBytes;
    if (!within) {
      violations.add(received.size() + " messages, " + bytes + " bytes in flight");
    }
  }

  /** Commits the next {@code messages} received ones, and acks. */
  synchronized void commit(int messages) {
    for (int i = 0; i < messages; i++) {
      committed.add(received.remove(0));
    }
    if (!swallowsAcks) {
      ack();
    }
  }

  private void ack() {
    JsonObject ack = new JsonObject().put("t", "ack");
    say(ack.put("committed", firstSeq + committed.size() - 1).mergeIn(nextAck));
    nextAck = new JsonObject();
  }

  /** The next ack rejects these rows of that message. */
  void rejectNext(long seq, int index, String field, String code) {
    JsonObject row =
        new JsonObject()
            .put("seq", seq)
            .put("index", index)
            .put("field", field)
            .put("code", code)
            .put("detail", "as told");
    nextAck = new JsonObject().put("rejected", new JsonArray().add(row));
  }

  /** Says anything to the client. */
  synchronized void say(JsonObject message) {
    if (socket != null && !socket.isClosed()) {
      socket.writeTextMessage(message.encode());
    }
  }

  /** Drops TCP; what was received and not committed is forgotten. */
  synchronized void cut() {
    received.clear();
    socket = null;
    line.cut();
  }

  /** Closes with a code. */
  synchronized void closeWith(int code, String reason) {
    received.clear();
    if (socket != null) {
      socket.close((short) code, reason);
      socket = null;
    }
  }

  synchronized int committed() {
    return committed.size();
  }

  /** The database goes back: only so many messages are left, and the feed is told. */
  synchronized void setBack(int left) {
    while (committed.size() > left) {
      committed.remove(committed.size() - 1);
    }
    say(
        new JsonObject()
            .put("t", "error")
            .put("code", "rewound")
            .put("next_seq", firstSeq + left)
            .put("detail", "set back"));
    closeWith(1013, "rewound");
  }

  synchronized int inFlight() {
    return received.size();
  }

  /**
   * Waits until something holds; fails after a minute: an adapter may wait two seconds after each
   * of several outages, as chance has it.
   */
  static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen within a minute");
      }
      pause(5);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
