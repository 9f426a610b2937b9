package dev.candlewick.server.stream;

import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/streams}, {@code GET /v1/streams/{stream}} and {@code GET /v1/rejects}. */
public final class StreamHandler {
  private static final String JSON = Format.JSON.contentType();

  private final StreamRepository streams;
  private final Function<RoutingContext, @Nullable Integer> owner;

  /**
   * Serves streams.
   *
   * @param owner the only owner whose streams a request may see; null for all
   */
  public StreamHandler(
      StreamRepository streams, Function<RoutingContext, @Nullable Integer> owner) {
    this.streams = streams;
    this.owner = owner;
  }

  public void mount(Router router) {
    router.get("/v1/streams").method(HttpMethod.HEAD).handler(this::list);
    router.get("/v1/streams/:stream").method(HttpMethod.HEAD).handler(this::one);
    router.get("/v1/rejects").method(HttpMethod.HEAD).handler(this::rejects);
  }

  private void list(RoutingContext ctx) {
    StreamQuery query = StreamQuery.parse(ctx);
    Reply.when(
        ctx,
        streams.list(query, owner.apply(ctx)),
        found -> {
          String next = query.nextCursor(found);
          Reply.page(
              ctx, Format.JSON, StreamJson.page(query.page(found), next, query.unit()), next);
        });
  }

  private void one(RoutingContext ctx) {
    Times unit = Params.of(ctx, Set.of("unit")).unit();
    String name = StreamQuery.name(String.valueOf(ctx.pathParam("stream")));
    Reply.when(
        ctx,
        streams.one(name, owner.apply(ctx)),
        found -> Reply.send(ctx, JSON, StreamJson.one(found, unit)));
  }

  private void rejects(RoutingContext ctx) {
    StreamQuery.Rejects query = StreamQuery.Rejects.parse(ctx);
    Reply.when(
        ctx,
        streams.rejects(query, owner.apply(ctx)),
        found -> Reply.send(ctx, JSON, StreamJson.rejects(found, query)));
  }
}
