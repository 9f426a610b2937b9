package dev.candlewick.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;

/**
 * Cuts a connection to a database that has said nothing for some time. The client's own closing
 * only ends its half of the connection and waits for the database to end the other: from one that
 * is frozen, or whose machine is gone, that never comes, and neither does the end of a query.
 */
final class SilentDatabase extends IdleStateHandler {
  /** Must be the first in its pipeline: only from there a close does not pass the client's own. */
  SilentDatabase(int seconds) {
    super(seconds, 0, 0);
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent silent) {
    context.close();
  }
}
