package dev.candlewick.server;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** What every request passes first: limits on connections, the origin check, API keys. */
record Gate(Connections connections, Origins origins, ApiKeys keys, boolean tls) {
  private static final String A_YEAR = "max-age=31536000";

  /** For everything mounted after it. */
  void mount(Router router) {
    router.route().handler(connections::asked);
    router.route().handler(this::protect);
    router.route().handler(origins::check);
  }

  /**
   * No answer may be interpreted as another type than it says, nor be fetched without TLS later.
   */
  private void protect(RoutingContext ctx) {
    ctx.response().putHeader("X-Content-Type-Options", "nosniff");
    if (tls) {
      ctx.response().putHeader("Strict-Transport-Security", A_YEAR);
    }
    ctx.next();
  }

  /** For everything mounted after it: requires a key, if there are any. */
  void mountKeys(Router router) {
    keys.mount(router);
  }
}
