package dev.candlewick.server;

import dev.candlewick.net.Problem;
import dev.candlewick.net.Upgrade;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;

/**
 * A browser lets any page open a socket to, and send a plain POST to, any server that its user can
 * reach, including this one on loopback; it only says where the page is from. Such requests are
 * accepted from the server's own pages and from the origins in {@code CANDLEWICK_ALLOWED_ORIGINS},
 * whose pages may also read the answers. Programs send no Origin.
 */
final class Origins {
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final String LOOPBACK = "(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]+)?";

  private final Set<String> allowed;
  private final boolean open;

  /**
   * Creates the check.
   *
   * @param open no API keys: then a page's own host must be loopback, because otherwise any name
   *     that someone points to it would do
   */
  Origins(Set<String> allowed, boolean open) {
    this.allowed = allowed;
    this.open = open;
  }

  void check(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    boolean reads = READS.contains(request.method()) && !Upgrade.isAsked(request);
    if (origin != null && allowed.contains(origin.toLowerCase(Locale.ROOT))) {
      ctx.response()
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
          .putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    if (!reads && origin != null && !isAllowed(origin.toLowerCase(Locale.ROOT), request)) {
      throw new Problem(403, "foreign_origin", "pages of this origin may not do this");
    }
    ctx.next();
  }

  private boolean isAllowed(String origin, HttpServerRequest request) {
    if (allowed.contains(origin)) {
      return true;
    }
    String host = String.valueOf(request.getHeader(HttpHeaders.HOST)).toLowerCase(Locale.ROOT);
    boolean own = origin.equals("http://" + host) || origin.equals("https://" + host);
    return own && (!open || host.matches(LOOPBACK));
  }
}
