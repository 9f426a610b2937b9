package dev.candlewick.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Cuts a connection to a database that has said nothing for some time. The client's own closing
 * only ends its half of the connection and waits for the database to end the other: from one that
 * is frozen, or whose machine is gone, that never comes, and neither does the end of a query. One
 * that is caught in its handshake would keep its place in the pool for ever.
 */
final class SilentDatabase extends IdleStateHandler {
  /** Must be the first in its pipeline: only from there a close does not pass the client's own. */
  private SilentDatabase(int seconds) {
    super(seconds, 0, 0);
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent silent) {
    context.close();
  }

  /** Connections that a pool makes by this one are cut, from before their handshake on. */
  static Vertx cutting(Vertx vertx, int seconds) {
    return new VertxWrapper((VertxInternal) vertx) {
      @Override
      public NetClient createNetClient(NetClientOptions options) {
        return new Cutting(super.createNetClient(options), seconds);
      }
    };
  }

  private record Cutting(NetClient client, int seconds) implements NetClient {
    private Future<NetSocket> watched(Future<NetSocket> connected) {
      return connected.map(
          socket -> {
            ((NetSocketInternal) socket)
                .channelHandlerContext()
                .pipeline()
                .addFirst(new SilentDatabase(seconds));
            return socket;
          });
    }

    @Override
    public Future<NetSocket> connect(ConnectOptions options) {
      return watched(client.connect(options));
    }

    @Override
    public Future<NetSocket> connect(int port, String host) {
      return watched(client.connect(port, host));
    }

    @Override
    public Future<NetSocket> connect(int port, String host, String serverName) {
      return watched(client.connect(port, host, serverName));
    }

    @Override
    public Future<NetSocket> connect(SocketAddress address) {
      return watched(client.connect(address));
    }

    @Override
    public Future<NetSocket> connect(SocketAddress address, String serverName) {
      return watched(client.connect(address, serverName));
    }

    @Override
    public Future<Void> shutdown(long timeout, TimeUnit unit) {
      return client.shutdown(timeout, unit);
    }

    @Override
    public Future<Boolean> updateSSLOptions(ClientSSLOptions options, boolean force) {
      return client.updateSSLOptions(options, force);
    }
  }
}
