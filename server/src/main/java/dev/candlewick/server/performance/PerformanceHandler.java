package dev.candlewick.server.performance;

import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Reply;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;

/** {@code GET /v1/performance}. */
public final class PerformanceHandler {
  private final PerformanceRepository journal;
  private final Clock clock;

  public PerformanceHandler(PerformanceRepository journal, Clock clock) {
    this.journal = journal;
    this.clock = clock;
  }

  public void mount(Router router) {
    router.get("/v1/performance").method(HttpMethod.HEAD).handler(this::answer);
  }

  private void answer(RoutingContext ctx) {
    PerformanceQuery query = PerformanceQuery.parse(ctx, clock);
    Caller caller = Caller.of(ctx);
    String bot = query.bot();
    if (caller.isConfined() && bot != null && !caller.bots().contains(bot)) {
      throw Caller.forbidden("bot: this API key may not read records of this bot");
    }
    Reply.when(
        ctx,
        journal.closed(query, caller.bots()),
        trades -> Reply.send(ctx, Format.JSON.contentType(), PerformanceJson.write(query, trades)));
  }
}
