package dev.candlewick.server.web;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * The paths at and below {@code root} where another system's clients read: GET and HEAD, with
 * failures in that system's format, including unknown paths and methods.
 *
 * @param root ending with a slash
 * @param refuse answers a failed request to which nothing has been sent yet
 */
public record Dialect(Router router, String root, Handler<RoutingContext> refuse) {
  /** Handles a path. */
  public void route(String path, Handler<RoutingContext> handler) {
    router
        .get(root + path)
        .method(HttpMethod.HEAD)
        .handler(handler)
        .failureHandler(
            ctx -> {
              if (ctx.response().headWritten()) {
                ctx.next();
              } else {
                refuse.handle(ctx);
              }
            });
  }

  /** Whether a path belongs to this dialect. */
  boolean covers(String path) {
    return path.startsWith(root) || path.equals(root.substring(0, root.length() - 1));
  }
}
