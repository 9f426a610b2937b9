package dev.candlewick.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;

/**
 * Cuts a connection to a database that has said nothing for some time. The client's own closing
 * only ends its half of the connection and waits for the database to end the other: from one that
 * is frozen, or whose machine is gone, that never comes, and neither does the end of a query.
 */
final class SilentDatabase extends IdleStateHandler {
  private SilentDatabase(int seconds) {
    super(seconds, 0, 0);
  }

  static void cut(SqlConnection connection, int afterSeconds) {
    if (((SqlConnectionInternal) connection).unwrap().unwrap()
        instanceof SocketConnectionBase pooled) {
      // First: from here a close does not pass the client's own handler.
      pooled.socket().channelHandlerContext().pipeline().addFirst(new SilentDatabase(afterSeconds));
    }
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent silent) {
    context.close();
  }
}
