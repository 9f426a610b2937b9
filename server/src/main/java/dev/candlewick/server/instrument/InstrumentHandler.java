package dev.candlewick.server.instrument;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.PlainBody;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.Set;

/** {@code GET /v1/instruments} and {@code GET|PUT /v1/instruments/{venue}/{symbol}}. */
public final class InstrumentHandler {
  private static final String ONE = "/v1/instruments/:venue/:symbol";
  private static final int MAX_BODY = 65_536;

  private final InstrumentRepository reads;
  private final InstrumentRepository writes;

  /**
   * Creates the handler.
   *
   * @param reads on any database, even a replica
   * @param writes on the primary
   */
  public InstrumentHandler(InstrumentRepository reads, InstrumentRepository writes) {
    this.reads = reads;
    this.writes = writes;
  }

  public void mount(Router router) {
    router.get("/v1/instruments").method(HttpMethod.HEAD).handler(this::list);
    router.get(ONE).method(HttpMethod.HEAD).handler(this::one);
    router.put(ONE).handler(BodyHandler.create(false).setBodyLimit(MAX_BODY)).handler(this::put);
  }

  private void list(RoutingContext ctx) {
    InstrumentQuery query = InstrumentQuery.parse(ctx);
    Reply.when(
        ctx,
        reads.list(query),
        found -> {
          String next = query.nextCursor(found);
          Reply.page(ctx, Format.JSON, InstrumentJson.page(query.page(found), next), next);
        });
  }

  private void one(RoutingContext ctx) {
    Times unit = Params.of(ctx, Set.of("unit")).unit();
    boolean listed = Caller.of(ctx).isConfined();
    Reply.when(
        ctx, reads.detail(venue(ctx), symbol(ctx), listed), detail -> send(ctx, detail, unit));
  }

  private void put(RoutingContext ctx) {
    Times unit = Params.of(ctx, Set.of("unit")).unit();
    String venue = venue(ctx);
    String symbol = symbol(ctx);
    InstrumentChange change = InstrumentChange.read(body(ctx));
    Reply.when(ctx, writes.put(venue, symbol, change), detail -> send(ctx, detail, unit));
  }

  private static void send(RoutingContext ctx, Instrument.Detail detail, Times unit) {
    Reply.send(ctx, Format.JSON.contentType(), InstrumentJson.detail(detail, unit));
  }

  private static Buffer body(RoutingContext ctx) {
    String type = ctx.request().getHeader(HttpHeaders.CONTENT_TYPE);
    if (type != null && !type.toLowerCase(Locale.ROOT).startsWith(Format.JSON.contentType())) {
      throw new Problem(415, "unsupported_media_type", "the body must be application/json");
    }
    return PlainBody.of(ctx);
  }

  private static String venue(RoutingContext ctx) {
    return Params.venue(String.valueOf(ctx.pathParam("venue")));
  }

  private static String symbol(RoutingContext ctx) {
    return Params.symbol(String.valueOf(ctx.pathParam("symbol")));
  }
}
