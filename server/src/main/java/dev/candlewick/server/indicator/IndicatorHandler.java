package dev.candlewick.server.indicator;

import dev.candlewick.server.candle.CandleMemory;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** {@code GET /v1/indicators}. */
public final class IndicatorHandler {
  private final IndicatorPages pages;
  private final CandleMemory memory;

  /** Computes from these candles; from memory where it handles the query. */
  public IndicatorHandler(Candles candles, CandleMemory memory) {
    this.pages = new IndicatorPages(candles);
    this.memory = memory;
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
    String timeframe = params.required("timeframe");
    if (format == Format.JSON && memory.takes(query.candles())) {
      memory
          .page(
              query.candles(),
              unit,
              query.indicators().columns(),
              history -> asked -> IndicatorPages.rows(query, history, asked, unit, ctx.vertx()),
              empty -> {
                IndicatorPages.Page page = new IndicatorPages.Page(empty, List.of());
                return new IndicatorText(timeframe, query, page, unit).write(format);
              })
          .onSuccess(page -> Reply.page(ctx, format, page.document(), page.nextCursor()))
          .onFailure(ctx::fail);
      return;
    }
    pages
        .page(query, ctx.vertx())
        .map(page -> new IndicatorText(timeframe, query, page, unit))
        .onSuccess(text -> Reply.page(ctx, format, text.write(format), text.nextCursor()))
        .onFailure(ctx::fail);
  }
}
