package dev.candlewick.server.candle;

import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** {@code GET /v1/candles}. */
public final class CandleHandler {
  private final Candles candles;
  private final CandleMemory memory;

  /** Answers with what {@code candles} finds, and keeps it in memory. */
  public CandleHandler(Candles candles, Memory memory) {
    this.candles = candles;
    this.memory = new CandleMemory(candles, memory);
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
          .page(query, unit)
          .onSuccess(
              page -> {
                CandlePage none = new CandlePage(List.of(), page.next());
                CandleText text = new CandleText(timeframe, query, none, unit);
                Reply.page(ctx, format, text.around(page.rows()), text.nextCursor());
              })
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
