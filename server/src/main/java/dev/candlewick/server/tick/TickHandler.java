package dev.candlewick.server.tick;

import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.web.Reply;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiFunction;

/** {@code GET /v1/trades} and {@code GET /v1/quotes}. */
public final class TickHandler {
  private final InstrumentRepository instruments;
  private final TickRepository ticks;

  public TickHandler(InstrumentRepository instruments, TickRepository ticks) {
    this.instruments = instruments;
    this.ticks = ticks;
  }

  public void mount(Router router) {
    router
        .get("/v1/trades")
        .method(HttpMethod.HEAD)
        .handler(ctx -> answer(ctx, TickJson.TRADES, ticks::trades));
    router
        .get("/v1/quotes")
        .method(HttpMethod.HEAD)
        .handler(ctx -> answer(ctx, TickJson.QUOTES, ticks::quotes));
  }

  private <T extends Tick> void answer(
      RoutingContext ctx,
      TickJson<T> json,
      BiFunction<Integer, TickQuery, Future<TickPage<T>>> find) {
    TickQuery query = TickQuery.parse(ctx, json.name());
    Future<TickPage<T>> page =
        instruments.id(query.venue(), query.symbol()).compose(id -> find.apply(id, query));
    Reply.when(
        ctx,
        page,
        found ->
            Reply.page(
                ctx, query.answer().format(), json.body(query, found), query.nextCursor(found)));
  }
}
