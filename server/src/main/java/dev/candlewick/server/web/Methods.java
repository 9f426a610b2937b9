package dev.candlewick.server.web;

import dev.candlewick.net.Upgrade;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** HEAD and OPTIONS of every path, derived from its routes. */
public final class Methods {
  private static final int NO_CONTENT = 204;
  private static final String LONGEST_PREFLIGHT = "600";

  private Methods() {}

  /** HEAD is answered like GET, without the body. Must be mounted first. */
  public static void mountHead(Router router) {
    router.head().handler(Methods::head);
  }

  private static void head(RoutingContext ctx) {
    if (Upgrade.isAsked(ctx.request())) {
      ctx.fail(405);
    } else {
      ctx.reroute(HttpMethod.GET, ctx.request().uri());
    }
  }

  /**
   * OPTIONS says what a path accepts, without a key; pages of allowed origins also get CORS
   * headers.
   */
  public static void mountOptions(Router router) {
    router.options().handler(ctx -> options(router, ctx));
  }

  private static void options(Router router, RoutingContext ctx) {
    Set<String> allowed = Problems.allowed(router, ctx);
    if (allowed.isEmpty() && !ctx.normalizedPath().equals("/*")) {
      ctx.fail(404);
      return;
    }
    String methods = String.join(", ", allowed);
    ctx.response().setStatusCode(NO_CONTENT).putHeader(HttpHeaders.ALLOW, methods);
    if (ctx.response().headers().contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
      ctx.response()
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
          .putHeader(
              HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
              "Authorization, X-API-Key, Content-Type, Content-Encoding, Idempotency-Key")
          .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, LONGEST_PREFLIGHT);
    }
    ctx.end();
  }
}
