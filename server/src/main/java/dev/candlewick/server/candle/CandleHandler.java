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
  private final CandleMemory memory;

  /** Answers with what {@code candles} finds, from memory where it handles the query. */
  public CandleHandler(Candles candles, CandleMemory memory) {
    this.candles = candles;
    this.memory = memory;
  }

  /** Mounts its path on the router. */
  public void mount(Router router) {
    router.get("/v1/candles").handler(this::handle);
  }

  private void handle(RoutingContext ctx) {
    Params params = Params.of(ctx, CandleQuery.PARAMETERS);
    CandleQuery query = CandleQuery.parse(params);
    Format format = params.format(Format.JSON, Format.CSV, Format.NDJSON, Format.LIGHTWEIGHT);
    Times unit = params.unit();
    String timeframe = params.required("timeframe");
    if (format == Format.JSON && memory.takes(query)) {
      memory
          .page(query, unit, empty -> new CandleText(timeframe, query, empty, unit).write(format))
          .onSuccess(page -> Reply.page(ctx, format, page.document(), page.nextCursor()))
          .onFailure(ctx::fail);
      return;
    }
    candles
        .page(query)
        .map(page -> new CandleText(timeframe, query, page, unit))
        .onSuccess(text -> Reply.page(ctx, format, text.write(format), text.nextCursor()))
        .onFailure(ctx::fail);
  }
}
