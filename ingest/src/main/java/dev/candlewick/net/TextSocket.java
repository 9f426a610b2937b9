package dev.candlewick.net;

import dev.candlewick.net.FrameAssembler.RefusedException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client's WebSocket as whole text messages. It ends with the right close code whatever the
 * client does: after a broken frame, and even if the client does not read or never answers. Lives
 * on the event loop it was created on.
 */
public final class TextSocket {
  /** How long a client has to read the close frame and answer it. */
  private static final long CLOSE_MILLIS = 5_000;

  /**
   * Shorter after a broken frame: nothing after it can be read, not even an answer to the close
   * frame.
   */
  private static final long CLOSE_BROKEN_MILLIS = 300;

  private final ServerWebSocket socket;
  private final HttpConnection connection;
  private final Context context;
  private final int messageBytes;
  private final FrameAssembler frames;
  private final Duration patience;
  private @Nullable Listener listener;
  private long lastHeard = System.nanoTime();
  private long cutOff = -1;
  private long unread = -1;
  private boolean held;
  private boolean stalled;
  private boolean closed;
  private boolean broken;

  /** What comes from the client. Only {@link #ended} is called once the socket is closed. */
  public interface Listener {
    /** A whole message, valid UTF-8. */
    void message(byte[] text);

    /**
     * The client broke a rule and must be closed with this code; {@code code} is a stable word and
     * {@code detail} a sentence for the client.
     */
    void refused(int closeCode, String code, String detail);

    /** How many bytes an incomplete message now holds; 0 once it is complete. */
    default void hold(int bytes) {}

    /** The client has left data unread for as long as it may; it must be closed. */
    void unread();

    /** There is room to send again. */
    void drained();

    /** The connection is gone. */
    void ended();
  }

  /**
   * For an upgraded connection.
   *
   * @param messageBytes largest client message
   * @param patience how long a client may leave data unread
   */
  public TextSocket(
      HttpConnection connection, ServerWebSocket socket, int messageBytes, Duration patience) {
    this.connection = connection;
    this.socket = socket;
    this.context = Vertx.currentContext();
    this.messageBytes = messageBytes;
    this.frames = new FrameAssembler(messageBytes);
    this.patience = patience;
  }

  /** Starts reading. */
  public void start(Listener itsListener) {
    listener = itsListener;
    Wire.pipeline(connection).addBefore(Wire.VERTX, "broken frames", new BrokenFrames());
    socket.frameHandler(this::onFrame);
    socket.drainHandler(drained -> onDrained());
    // Whatever breaks the connection also ends it; broken frames do not end up here.
    socket.exceptionHandler(cause -> {});
    socket.closeHandler(
        gone -> {
          closed = true;
          context.owner().cancelTimer(cutOff);
          context.owner().cancelTimer(unread);
          listener().ended();
        });
  }

  /**
   * Placed before Vert.x, which would cut the connection at once: a close frame written while a
   * valid frame of the same read is being processed would never be flushed.
   */
  private final class BrokenFrames extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
      if (cause instanceof CorruptedWebSocketFrameException broken) {
        context.runOnContext(hop -> onBroken(broken));
      } else {
        from.fireExceptionCaught(cause);
      }
    }
  }

  private Listener listener() {
    if (listener == null) {
      throw new IllegalStateException("a socket is started before it is used");
    }
    return listener;
  }

  private void onBroken(CorruptedWebSocketFrameException frame) {
    broken = true;
    if (!closed) {
      WebSocketCloseStatus status = frame.closeStatus();
      if (status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
        listener()
            .refused(status.code(), "too_large", "a message may have " + messageBytes + " bytes");
      } else if (status.equals(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)) {
        listener().refused(status.code(), "protocol_error", "a frame is not UTF-8");
      } else {
        listener().refused(status.code(), "protocol_error", "a frame breaks RFC 6455");
      }
    }
  }

  private void onFrame(WebSocketFrame frame) {
    lastHeard = System.nanoTime();
    stallIfFull();
    boolean ofMessage = frame.isText() || frame.isBinary() || frame.isContinuation();
    if (closed || !ofMessage) {
      return;
    }
    try {
      Optional<byte[]> message = frames.add(frame);
      listener().hold(frames.held());
      if (message.isPresent()) {
        listener().message(message.get());
      }
    } catch (RefusedException e) {
      listener().refused(e.closeCode, e.code, String.valueOf(e.getMessage()));
    }
  }

  /**
   * A client that does not read is not read either: each ping is owed a pong, and they would pile
   * up.
   */
  private void stallIfFull() {
    if (isFull() && !stalled) {
      stalled = true;
      stopReading();
      unread = context.owner().setTimer(patience.toMillis(), late -> onUnread());
    }
  }

  private void onUnread() {
    if (!closed) {
      listener().unread();
    }
  }

  private void onDrained() {
    stalled = false;
    context.owner().cancelTimer(unread);
    readOn();
    if (!closed) {
      listener().drained();
    }
  }

  private void readOn() {
    if (!held && !stalled) {
      lastHeard = System.nanoTime();
      Wire.read(connection, true);
      socket.resume();
    }
  }

  /** Vert.x alone would still accept many frames. */
  private void stopReading() {
    socket.pause();
    Wire.read(connection, false);
  }

  /** The event loop everything on this socket runs on. */
  public Context context() {
    return context;
  }

  /** Sends a message, unless the socket is closed. */
  public void send(String text) {
    if (isOpen()) {
      socket.writeTextMessage(text);
      stallIfFull();
    }
  }

  /** Sends a message of UTF-8, unless the socket is closed. */
  public void send(Buffer utf8) {
    send(utf8.toString(StandardCharsets.UTF_8));
  }

  /** Sends a ping, unless the socket is closed. */
  public void ping(String payload) {
    if (isOpen()) {
      socket.writePing(Buffer.buffer(payload));
    }
  }

  /** How long the client has been silent while it was being read. */
  public Duration silence() {
    return held || stalled ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lastHeard);
  }

  /** Whether the client has left data unread. */
  public boolean isFull() {
    return !socket.isClosed() && socket.writeQueueFull();
  }

  /** Whether messages can still be sent and received. */
  public boolean isOpen() {
    return !closed && !socket.isClosed();
  }

  /** Stops reading; incoming data stays in the kernel, and pongs with it. */
  public void pause() {
    held = true;
    stopReading();
  }

  /** Resumes reading. The time in between does not count as silence. */
  public void resume() {
    held = false;
    readOn();
  }

  /**
   * Closes with this code after everything already sent. Keeps reading for the client's own close
   * frame, and cuts the connection if none comes in time. A client that has left data unread gets
   * to the close frame only after that data, so it has as long again as it may leave data unread.
   */
  public void close(int code, String reason) {
    if (!closed) {
      closed = true;
      long more = isFull() ? patience.toMillis() : 0;
      resume();
      socket.close((short) code, reason);
      long millis = broken ? CLOSE_BROKEN_MILLIS : CLOSE_MILLIS + more;
      cutOff = context.owner().setTimer(millis, late -> Wire.cut(connection));
    }
  }
}
