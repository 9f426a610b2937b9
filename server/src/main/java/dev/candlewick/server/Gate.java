package dev.candlewick.server;

import io.vertx.ext.web.Router;

/** What stands before every URL: bounds on connections, pages of other origins, API keys. */
record Gate(Connections connections, Origins origins, ApiKeys keys) {
  /** For everything mounted after it. */
  void mount(Router router) {
    router.route().handler(connections::asked);
    router.route().handler(origins::check);
  }

  /** For everything mounted after it: a key, if there are any. */
  void mountKeys(Router router) {
    keys.mount(router, connections);
  }
}
