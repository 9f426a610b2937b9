package dev.candlewick.server.candle;

import dev.candlewick.server.web.Json;
import io.vertx.core.Future;
import java.util.List;

/** What is answered for each candle: the candle itself, or what is computed from it. */
@FunctionalInterface
public interface PerCandle {
  /** How the row of each of these ascending candles is written. */
  Future<Json.Row> of(List<Candle> candles);
}
