package dev.candlewick.server.latest;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Times;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose newest rows a request asks for.
 *
 * @param venue null for all venues
 * @param symbols empty for all of them
 */
record LatestQuery(@Nullable String venue, List<String> symbols, Times unit) {
  static final int MAX_INSTRUMENTS = 10_000;
  private static final Set<String> PARAMETERS = Set.of("venue", "symbol", "unit");

  static LatestQuery parse(RoutingContext ctx) {
    Params params = Params.of(ctx, PARAMETERS);
    String venue = params.text("venue");
    String symbols = params.text("symbol");
    return new LatestQuery(
        venue == null ? null : Params.venue(venue),
        symbols == null ? List.of() : symbols(symbols),
        params.unit());
  }

  private static List<String> symbols(String list) {
    Set<String> symbols = new LinkedHashSet<>();
    for (String symbol : list.split(",", -1)) {
      symbols.add(Params.symbol(symbol));
    }
    if (symbols.size() > MAX_INSTRUMENTS) {
      throw Problem.badParameter("symbol", "must name at most " + MAX_INSTRUMENTS + " symbols");
    }
    return List.copyOf(symbols);
  }
}
