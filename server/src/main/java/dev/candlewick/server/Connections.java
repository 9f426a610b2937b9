package dev.candlewick.server;

import dev.candlewick.net.Problem;
import dev.candlewick.net.Upgrade;
import dev.candlewick.net.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits on connections: how many there are, in total and per address, and how long one may take to
 * send a request's headers, to be answered, and to stay idle between two requests. Once a
 * connection has become a socket it has no deadline here; the socket has its own. A connection with
 * a request that a proxy in front might read differently is closed after the first one.
 */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final Deadlines DEADLINES = new Deadlines(10_000, 120_000, 75_000);
  private static final long CLOSING_MILLIS = 2_000;
  private static final short POLICY = 1008;
  private static final long SOCKETS_RETRY_MILLIS = 5_000;

  private final Vertx vertx;
  private final HttpConfig config;
  private final Deadlines deadlines;
  private final ConnectionMetrics metrics;
  private final Map<HttpConnection, Deadline> due = new ConcurrentHashMap<>();
  private final Map<HttpConnection, ApiKeyFile.Key> sockets = new ConcurrentHashMap<>();
  private final Map<HttpConnection, ServerWebSocket> upgradedSockets = new ConcurrentHashMap<>();
  private final Map<String, Integer> byAddress = new HashMap<>();
  private int open;

  /** For a request's headers, for its answer, and between two requests, in milliseconds. */
  record Deadlines(long headers, long answer, long idle) {}

  Connections(Vertx vertx, HttpConfig config, MeterRegistry registry) {
    this(vertx, config, DEADLINES, registry);
  }

  Connections(Vertx vertx, HttpConfig config, Deadlines deadlines, MeterRegistry registry) {
    this.vertx = vertx;
    this.config = config;
    this.deadlines = deadlines;
    this.metrics = new ConnectionMetrics(registry, config.connections());
  }

  /** A connection was opened; nothing has been read from it yet. */
  void opened(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    if (!admit(address)) {
      metrics.refused();
      connection.close();
      return;
    }
    Wire.answerBadRequests(connection);
    Deadline deadline = new Deadline(vertx, () -> late(connection));
    due.put(connection, deadline);
    Wire.whenGone(
        connection,
        () -> {
          deadline.lift();
          due.remove(connection);
          sockets.remove(connection);
          upgradedSockets.remove(connection);
          leave(address);
        });
    deadline.within(deadlines.headers());
  }

  /** The headers of a request are complete. */
  void asked(RoutingContext ctx) {
    HttpConnection connection = ctx.request().connection();
    refuseAmbiguous(ctx);
    Deadline deadline = due.get(connection);
    if (deadline != null) {
      deadline.within(deadlines.answer());
      ctx.addEndHandler(
          ended -> {
            // One that became a socket, or is gone, no longer has a deadline.
            if (deadline.isSet()) {
              deadline.within(deadlines.idle());
            }
          });
    }
    Upgrade.through(ctx, this::upgrade);
    ctx.next();
  }

  /**
   * In addition to what the HTTP decoder rejects by itself: any transfer coding other than just
   * {@code chunked}, or more than one host (RFC 9112, sections 6.1 and 3.2).
   */
  private static void refuseAmbiguous(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    String coding = request.getHeader(HttpHeaders.TRANSFER_ENCODING);
    if ((coding != null && !coding.equalsIgnoreCase("chunked"))
        || request.headers().getAll(HttpHeaders.HOST).size() > 1) {
      ctx.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      ctx.addEndHandler(ended -> request.connection().close());
      throw new Problem(400, "malformed", "Transfer-Encoding may be chunked only, Host come once");
    }
  }

  private Future<ServerWebSocket> upgrade(RoutingContext ctx) {
    HttpConnection connection = ctx.request().connection();
    ApiKeyFile.Key key = ApiKeys.of(ctx);
    if (key != null) {
      admitSocket(connection, key);
    }
    return ctx.request()
        .toWebSocket()
        .onSuccess(
            upgraded -> {
              lift(connection);
              if (key != null) {
                upgradedSockets.put(connection, upgraded);
              }
            })
        .onFailure(refused -> sockets.remove(connection));
  }

  /** The connection becomes a socket of this key; 429 if the key has as many as it may. */
  private synchronized void admitSocket(HttpConnection connection, ApiKeyFile.Key key) {
    long own = key.limit("sockets");
    long most = own == 0 ? config.socketsPerKey() : own;
    long open = sockets.values().stream().filter(other -> other.id() == key.id()).count();
    if (open >= most) {
      throw Problem.rateLimited("this API key has " + most + " sockets open", SOCKETS_RETRY_MILLIS);
    }
    sockets.put(connection, key);
  }

  /**
   * Closes the sockets of keys that are no longer in the file, even of clients that do not read.
   */
  void closeRevoked(ApiKeyFile keys) {
    sockets.forEach(
        (connection, key) -> {
          if (!keys.holds(key)) {
            LOG.info("closing a socket of API key {}: it was revoked or changed", key.id());
            ServerWebSocket socket = upgradedSockets.get(connection);
            if (socket == null) {
              connection.close();
            } else {
              socket.close(POLICY, "the API key was revoked or changed");
            }
            cutSoon(connection);
          }
        });
  }

  /** A close waits until all that was written before is sent: for one that reads, it soon is. */
  private void cutSoon(HttpConnection connection) {
    vertx.setTimer(CLOSING_MILLIS, late -> Wire.cut(connection));
  }

  private void late(HttpConnection connection) {
    metrics.late();
    LOG.debug("closed a connection that took too long");
    connection.close();
    cutSoon(connection);
  }

  private void lift(HttpConnection connection) {
    Deadline deadline = due.get(connection);
    if (deadline != null) {
      deadline.lift();
    }
  }

  private synchronized boolean admit(String address) {
    int ofAddress = byAddress.getOrDefault(address, 0);
    if (open >= config.connections() || ofAddress >= config.connectionsPerAddress()) {
      return false;
    }
    open++;
    byAddress.put(address, ofAddress + 1);
    metrics.open(open);
    return true;
  }

  private synchronized void leave(String address) {
    open--;
    byAddress.computeIfPresent(address, (itself, count) -> count == 1 ? null : count - 1);
    metrics.open(open);
  }
}
