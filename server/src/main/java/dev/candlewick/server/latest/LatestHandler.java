package dev.candlewick.server.latest;

import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Reply;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /v1/latest}. */
public final class LatestHandler {
  private final LatestMemory latest;

  /** Answers with what the repository finds, and keeps it in memory. */
  public LatestHandler(LatestRepository latest, Memory memory) {
    this.latest = new LatestMemory(latest, memory);
  }

  public void mount(Router router) {
    router.get("/v1/latest").method(HttpMethod.HEAD).handler(this::answer);
  }

  private void answer(RoutingContext ctx) {
    LatestQuery query = LatestQuery.parse(ctx);
    Reply.when(ctx, latest.body(query), body -> Reply.send(ctx, Format.JSON.contentType(), body));
  }
}
