package dev.candlewick.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** What Vert.x does not expose about a server connection, read from the channel underneath. */
public final class Wire {
  /** The name of Vert.x's own handler, the last of a connection's pipeline. */
  static final String VERTX = "handler";

  /** The name of Vert.x's HTTP codec. */
  static final String CODEC = "httpEncoder";

  private Wire() {}

  /** Answers requests that are not HTTP/1.1 before Vert.x would cut the connection. */
  public static void answerBadRequests(HttpConnection connection) {
    pipeline(connection).addBefore(VERTX, "bad requests", new BadRequests());
  }

  /**
   * Runs {@code action} once the connection is gone, on its event loop. Vert.x drops its own close
   * handler when the connection becomes a WebSocket.
   */
  public static void whenGone(HttpConnection connection, Runnable action) {
    ((ConnectionBase) connection).closeFuture().onComplete(gone -> action.run());
  }

  /** Cuts the connection immediately, whatever is still unsent. */
  public static void cut(HttpConnection connection) {
    ChannelHandlerContext vertx = pipeline(connection).context(VERTX);
    if (vertx != null) {
      vertx.close();
    }
  }

  /** Whether bytes are being read from the kernel. */
  static void read(HttpConnection connection, boolean reads) {
    pipeline(connection).channel().config().setAutoRead(reads);
  }

  static ChannelPipeline pipeline(HttpConnection connection) {
    return ((ConnectionBase) connection).channelHandlerContext().pipeline();
  }
}
