package dev.candlewick.ingest;

import dev.candlewick.FrameAssembler;
import dev.candlewick.FrameAssembler.RefusedException;
import dev.candlewick.ingest.DecodeException.Fault;
import dev.candlewick.ingest.IngestConfig.Limits;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Step 2 of the write way: one WebSocket of one feed. Lives on one event loop; lanes answer from
 * their own threads and hop here. {@link #onMessage} is the spine.
 */
final class IngestSession implements Answer {
  private static final Pattern STREAM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int POLICY = 1008;
  private static final int GOING_AWAY = 1001;
  private static final int FENCED = 4409;
  private static final int TRY_AGAIN_LATER = 1013;
  private static final long BUSY_RETRY_MILLIS = 500;
  private static final long HEARTBEAT_MILLIS = 20_000;
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long UNREAD_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Ingest ingest;
  private final Limits limits;
  private final ServerWebSocket socket;
  private final Context context;
  private final int apiKeyId;
  private final FrameAssembler frames;

  private @Nullable StreamState stream;
  private boolean greeting;
  private boolean closed;
  private boolean pausedByBudget;
  private long nextSeq;
  private boolean gapTold;
  private int inflightMessages;
  private long inflightBytes;

  private PendingAck ack = new PendingAck(0, Durability.FULL);
  private boolean ackScheduled;
  private long heartbeat;
  private long lastHeard = System.nanoTime();
  private long unreadSince;

  IngestSession(Ingest ingest, ServerWebSocket socket, Context context, int apiKeyId) {
    this.ingest = ingest;
    this.limits = ingest.config().limits();
    this.socket = socket;
    this.context = context;
    this.apiKeyId = apiKeyId;
    this.frames = new FrameAssembler(limits.messageBytes());
  }

  void start() {
    socket.frameHandler(this::onFrame);
    socket.drainHandler(drained -> sendAck());
    socket.pongHandler(pong -> lastHeard = System.nanoTime());
    socket.exceptionHandler(this::onBrokenFrame);
    heartbeat = context.owner().setPeriodic(HEARTBEAT_MILLIS, beat -> beat());
    socket.closeHandler(
        done -> {
          closed = true;
          context.owner().cancelTimer(heartbeat);
          ingest.sessionClosed(this);
        });
  }

  /** Finds out connections that are dead, and clients that never read. */
  private void beat() {
    long now = System.nanoTime();
    if (unreadSince != 0 && now - unreadSince > UNREAD_NANOS) {
      closeWith(POLICY, "the client does not read");
    } else if (!paused() && now - lastHeard > SILENT_NANOS) {
      closeWith(GOING_AWAY, "nothing was heard for a minute");
    } else if (!closed) {
      socket.writePing(Buffer.buffer());
    }
  }

  private void onFrame(WebSocketFrame frame) {
    lastHeard = System.nanoTime();
    boolean ofMessage = frame.isText() || frame.isBinary() || frame.isContinuation();
    if (closed || !ofMessage) {
      return;
    }
    try {
      Optional<byte[]> message = frames.add(frame);
      if (message.isPresent()) {
        onMessage(message.get());
      }
    } catch (RefusedException e) {
      close(e.closeCode, e.code, String.valueOf(e.getMessage()));
    } catch (DecodeException e) {
      close(e.fault.closeCode, e.fault.word(), e.detail());
    }
  }

  private void onMessage(byte[] json) throws DecodeException {
    Envelope envelope = ingest.decoder().decode(json);
    String type = envelope.type() == null ? "" : envelope.type();
    StreamState open = stream;
    if (type.equals("hello") && open == null && !greeting) {
      hello(envelope);
      return;
    }
    Optional<Kind> kind = Kind.of(type);
    if (open == null) {
      throw new DecodeException(Fault.BAD_MESSAGE, "the first message must be hello");
    }
    if (kind.isEmpty()) {
      throw new DecodeException(Fault.BAD_MESSAGE, "t must be trades, quotes or candles");
    }
    take(open, kind.get(), envelope, json.length);
  }

  private void hello(Envelope envelope) throws DecodeException {
    String name = envelope.stream() == null ? "" : envelope.stream();
    if (envelope.version() != 1) {
      throw new DecodeException(Fault.BAD_MESSAGE, "v must be 1");
    }
    if (!STREAM.matcher(name).matches()) {
      throw new DecodeException(Fault.BAD_MESSAGE, "stream must match " + STREAM.pattern());
    }
    greeting = true;
    socket.pause();
    ingest
        .hello(apiKeyId, name)
        .onComplete(
            greeted -> {
              socket.resume();
              if (greeted.failed()) {
                close(TRY_AGAIN_LATER, "unavailable", "the database cannot be asked now");
              } else if (ingest.refuses(greeted.result().durability())) {
                close(TRY_AGAIN_LATER, "unavailable", "the database is not durable, and must be");
              } else {
                welcome(greeted.result());
              }
            });
  }

  private void welcome(Streams.Greeting greeting) {
    if (closed) {
      return;
    }
    StreamState opened = greeting.stream();
    stream = opened;
    nextSeq = opened.committedSeq() + 1;
    ack = new PendingAck(opened.committedSeq(), greeting.durability());
    ingest.sessionOpened(this, opened);
    send(SessionJson.welcome(opened, greeting.durability(), limits));
  }

  /** The sequence rule: the next is taken, an older one is a duplicate, a newer one is a gap. */
  private void take(StreamState open, Kind kind, Envelope envelope, int bytes)
      throws DecodeException {
    List<RawRow> raw = envelope.rows();
    if (envelope.seq() < 0 || raw == null) {
      throw new DecodeException(Fault.BAD_MESSAGE, "seq and rows are due");
    }
    if (envelope.seq() < nextSeq) {
      ackSoon();
      return;
    }
    if (envelope.seq() > nextSeq) {
      if (!gapTold) {
        gapTold = true;
        send(SessionJson.seqGap(nextSeq));
      }
      return;
    }
    gapTold = false;
    Message.Checked checked = ingest.check(kind, envelope.defaults(), raw);
    Message message = Message.ofStream(open, nextSeq, kind, checked, bytes, this);
    nextSeq++;
    inflightMessages++;
    inflightBytes += bytes;
    boolean roomLeft = ingest.submit(message);
    pauseIfFull(roomLeft);
  }

  private void pauseIfFull(boolean roomLeft) {
    if (!roomLeft && !pausedByBudget) {
      pausedByBudget = true;
      send(SessionJson.busy(BUSY_RETRY_MILLIS));
      socket.pause();
      ingest.whenRoom(() -> context.runOnContext(room -> resumeByBudget()));
    } else if (overWindow()) {
      socket.pause();
    }
  }

  private boolean paused() {
    return pausedByBudget || overWindow();
  }

  private boolean overWindow() {
    return inflightMessages >= limits.inflightMessages() || inflightBytes >= limits.inflightBytes();
  }

  private void resumeByBudget() {
    pausedByBudget = false;
    resumeIfRoom();
  }

  private void resumeIfRoom() {
    if (!paused() && !closed) {
      lastHeard = System.nanoTime();
      socket.resume();
    }
  }

  @Override
  public boolean takesPart() {
    return true;
  }

  @Override
  public void committed(List<Message> messages, Durability durability) {
    context.runOnContext(
        hop -> {
          for (Message message : messages) {
            inflightMessages--;
            inflightBytes -= message.bytes;
            ack.add(message, durability);
          }
          sendAck();
          resumeIfRoom();
        });
  }

  @Override
  public void dropped(Message message, Drop why) {
    context.runOnContext(
        hop -> {
          if (why == Drop.FENCED) {
            fence();
          } else if (why == Drop.NOT_DURABLE) {
            close(TRY_AGAIN_LATER, "unavailable", "the database is not durable, and must be");
          }
        });
  }

  /** Another connection has said hello for this stream. */
  void fence() {
    context.runOnContext(hop -> close(FENCED, "fenced", "a newer connection holds the stream"));
  }

  /** The server is about to stop: no more is read, what was taken will still be acked. */
  void drain() {
    context.runOnContext(
        hop -> {
          send(SessionJson.drain());
          pausedByBudget = true;
          socket.pause();
        });
  }

  /** Ends the connection once everything taken is answered. */
  void goAway() {
    context.runOnContext(
        hop -> {
          sendAck();
          closeWith(GOING_AWAY, "server stops");
        });
  }

  private void ackSoon() {
    ack.again();
    if (!ackScheduled) {
      ackScheduled = true;
      context.runOnContext(
          hop -> {
            ackScheduled = false;
            sendAck();
          });
    }
  }

  private void sendAck() {
    if (!ack.isDue() || closed) {
      return;
    }
    if (socket.writeQueueFull()) {
      unreadSince = unreadSince == 0 ? System.nanoTime() : unreadSince;
      return;
    }
    unreadSince = 0;
    send(ack.take());
  }

  private void send(String text) {
    if (!closed) {
      socket.writeTextMessage(text);
    }
  }

  private void onBrokenFrame(Throwable cause) {
    closeWith(Ingest.closeCode(cause), "protocol error");
  }

  private void close(int closeCode, String code, String detail) {
    if (!closed) {
      sendAck();
      send(SessionJson.error(code, detail));
      closeWith(closeCode, code);
    }
  }

  private void closeWith(int closeCode, String reason) {
    if (!closed) {
      closed = true;
      socket.close((short) closeCode, reason);
    }
  }
}
