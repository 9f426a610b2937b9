package dev.candlewick.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP line to a port of this machine that can be cut, as by a lost network: no goodbye. */
final class CuttableLine {
  private final List<NetSocket> ends = new CopyOnWriteArrayList<>();
  private final NetServer server;
  private final NetClient client;
  private final int to;

  CuttableLine(Vertx vertx, int to) {
    this.to = to;
    client = vertx.createNetClient();
    server = vertx.createNetServer().connectHandler(this::join);
  }

  /** The port to connect to. */
  Future<Integer> listen() {
    return server.listen(0, "127.0.0.1").map(NetServer::actualPort);
  }

  private void join(NetSocket near) {
    near.pause();
    client
        .connect(to, "127.0.0.1")
        .onSuccess(
            far -> {
              ends.add(near);
              ends.add(far);
              near.pipeTo(far);
              far.pipeTo(near);
            })
        .onFailure(refused -> near.close());
  }

  /** Cuts every connection there is; new ones may be made at once. */
  void cut() {
    List<NetSocket> now = List.copyOf(ends);
    ends.removeAll(now);
    now.forEach(NetSocket::close);
  }
}
