package dev.candlewick.server.latest;

import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Reply;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /v1/latest}. */
public final class LatestHandler {
  private final LatestRepository latest;

  public LatestHandler(LatestRepository latest) {
    this.latest = latest;
  }

  public void mount(Router router) {
    router.get("/v1/latest").method(HttpMethod.HEAD).handler(this::answer);
  }

  private void answer(RoutingContext ctx) {
    LatestQuery query = LatestQuery.parse(ctx);
    Reply.when(
        ctx,
        latest.find(query),
        found -> Reply.send(ctx, Format.JSON.contentType(), LatestJson.body(found, query.unit())));
  }
}
