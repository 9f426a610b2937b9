package dev.candlewick.server.instrument;

import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Cursor;
import dev.candlewick.server.web.Params;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which instruments a request asks for, ordered by venue and symbol.
 *
 * @param venue null for all venues
 * @param text what symbol or name must contain, case-insensitively; null for all
 * @param limit 1 to 10000, default 500
 * @param listed whether those that only bots' records name are left out
 */
record InstrumentQuery(
    @Nullable String venue,
    @Nullable String text,
    int limit,
    @Nullable Cursor cursor,
    boolean listed) {
  private static final Set<String> PARAMETERS = Set.of("venue", "query", "limit", "cursor");
  private static final String KIND = "instruments";
  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;

  static InstrumentQuery parse(RoutingContext ctx) {
    Params params = Params.of(ctx, PARAMETERS);
    String venue = params.text("venue");
    return new InstrumentQuery(
        venue == null ? null : Params.venue(venue),
        params.text("query"),
        params.limit(DEFAULT_LIMIT, MAX_LIMIT),
        params.cursor(KIND, 2),
        Caller.of(ctx).isConfined());
  }

  /** The cursor after a page that was read with one row too many; null if it was not. */
  @Nullable String nextCursor(List<Instrument> found) {
    if (found.size() <= limit) {
      return null;
    }
    Instrument last = found.get(limit - 1);
    return Cursor.write(KIND, last.venue(), last.symbol());
  }

  /** The page without the extra row. */
  List<Instrument> page(List<Instrument> found) {
    return found.size() > limit ? found.subList(0, limit) : found;
  }
}
