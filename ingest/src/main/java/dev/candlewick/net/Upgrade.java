package dev.candlewick.net;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Upgrades a request to a WebSocket. Only an actual upgrade lifts the request's deadline and counts
 * as one of its key's sockets; a header alone does nothing.
 */
public final class Upgrade {
  private static final String DOOR = "candlewick.upgrade";
  private static final int KEY_BYTES = 16;
  private static final String VERSION_HEADER = "Sec-WebSocket-Version";
  private static final String VERSION = "13";

  private Upgrade() {}

  /** Decides whether a request may become a socket. */
  public interface Door {
    /**
     * Upgrades.
     *
     * @throws Problem if the request may not become a socket now
     */
    Future<ServerWebSocket> open(RoutingContext request);
  }

  /** If this request is upgraded, it goes through this door. */
  public static void through(RoutingContext request, Door door) {
    request.put(DOOR, door);
  }

  /**
   * Whether a request asks for an upgrade to WebSocket; some clients offer HTTP/2 with every
   * request.
   */
  public static boolean isAsked(HttpServerRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
  }

  /**
   * Upgrades a request whose handshake follows RFC 6455, section 4.2.1.
   *
   * @throws Problem if it does not
   */
  public static Future<ServerWebSocket> of(RoutingContext ctx) {
    refuseBadHandshake(ctx);
    Door door = ctx.get(DOOR);
    return door == null ? ctx.request().toWebSocket() : door.open(ctx);
  }

  private static void refuseBadHandshake(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    if (!isAsked(request) || !isConnectionUpgrade(request)) {
      throw new Problem(400, "malformed", "this path takes only WebSocket upgrades");
    }
    if (request.version() != HttpVersion.HTTP_1_1 || request.method() != HttpMethod.GET) {
      throw new Problem(400, "malformed", "a WebSocket upgrade is a GET of HTTP/1.1");
    }
    if (!VERSION.equals(request.getHeader(VERSION_HEADER))) {
      ctx.response().putHeader(VERSION_HEADER, VERSION);
      throw new Problem(426, "upgrade_required", "Sec-WebSocket-Version must be 13");
    }
    if (!isKey(request.headers().getAll("Sec-WebSocket-Key"))) {
      throw new Problem(
          400, "malformed", "Sec-WebSocket-Key must be 16 bytes in base64, and be sent once");
    }
  }

  private static boolean isConnectionUpgrade(HttpServerRequest request) {
    return request.headers().getAll(HttpHeaders.CONNECTION).stream()
        .flatMap(header -> List.of(header.split(",")).stream())
        .anyMatch(option -> option.strip().toLowerCase(Locale.ROOT).equals("upgrade"));
  }

  private static boolean isKey(List<String> keys) {
    try {
      return keys.size() == 1
          && Base64.getDecoder().decode(keys.get(0).strip()).length == KEY_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }
}
