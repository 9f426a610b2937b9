package dev.candlewick.server.indicator;

import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /v1/indicators}. */
public final class IndicatorHandler {
  private final IndicatorPages pages;

  /** Computes from these candles. */
  public IndicatorHandler(Candles candles) {
    this.pages = new IndicatorPages(candles);
  }

  /** Mounts its path on the router. */
  public void mount(Router router) {
    router.get("/v1/indicators").method(HttpMethod.HEAD).handler(this::handle);
  }

  private void handle(RoutingContext ctx) {
    Params params = Params.of(ctx, IndicatorQuery.PARAMETERS);
    IndicatorQuery query = IndicatorQuery.parse(params);
    Format format = params.format(Format.JSON, Format.CSV, Format.NDJSON, Format.LIGHTWEIGHT);
    Times unit = params.unit();
    pages
        .page(query, ctx.vertx())
        .map(page -> new IndicatorText(params.required("timeframe"), query, page, unit))
        .onSuccess(text -> Reply.page(ctx, format, text.write(format), text.nextCursor()))
        .onFailure(ctx::fail);
  }
}
