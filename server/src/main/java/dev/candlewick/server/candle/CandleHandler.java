package dev.candlewick.server.candle;

import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /v1/candles}. */
public final class CandleHandler {
  private final Candles candles;

  /** Answers with what {@code candles} finds. */
  public CandleHandler(Candles candles) {
    this.candles = candles;
  }

  /** Takes its path of the router. */
  public void mount(Router router) {
    router.get("/v1/candles").handler(this::handle);
  }

  private void handle(RoutingContext ctx) {
    Params params = Params.of(ctx, CandleQuery.PARAMETERS);
    CandleQuery query = CandleQuery.parse(params);
    Format format = params.format(Format.JSON, Format.CSV, Format.NDJSON, Format.LIGHTWEIGHT);
    Times unit = params.unit();
    candles
        .page(query)
        .map(page -> new CandleText(params.required("timeframe"), query, page, unit))
        .onSuccess(text -> Reply.page(ctx, format, text.write(format), text.nextCursor()))
        .onFailure(ctx::fail);
  }
}
