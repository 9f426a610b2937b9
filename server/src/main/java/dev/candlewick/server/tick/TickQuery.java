package dev.candlewick.server.tick;

import dev.candlewick.server.web.Cursor;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request for trades or quotes.
 *
 * @param kind what its cursors are for: resource, reading direction and instrument
 * @param limit 1 to 10000, default 500
 */
record TickQuery(
    String kind,
    String venue,
    String symbol,
    Range range,
    int limit,
    boolean descending,
    @Nullable Cursor cursor,
    Answer answer) {
  private static final Set<String> PARAMETERS =
      Set.of("venue", "symbol", "from", "to", "limit", "order", "cursor", "unit", "format");
  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;

  /** The format of the answer. */
  record Answer(Times unit, Format format) {}

  /** Parses the request's parameters; {@code resource} is {@code trades} or {@code quotes}. */
  static TickQuery parse(RoutingContext ctx, String resource) {
    Params params = Params.of(ctx, PARAMETERS);
    String venue = params.venue();
    String symbol = params.symbol();
    Times unit = params.unit();
    Range range = params.range(unit);
    boolean descending = params.descending();
    String direction = range.readsBackwards(descending) ? "<" : ">";
    String kind = resource + direction + venue + "/" + symbol;
    return new TickQuery(
        kind,
        venue,
        symbol,
        range,
        params.limit(DEFAULT_LIMIT, MAX_LIMIT),
        descending,
        params.cursor(kind, 3),
        new Answer(unit, params.format(Format.JSON, Format.CSV, Format.NDJSON)));
  }

  /** The first page of a range, ascending, for callers that write it themselves. */
  static TickQuery first(Range range, int limit) {
    Answer answer = new Answer(Times.MS, Format.JSON);
    return new TickQuery("", "", "", range, limit, false, null, answer);
  }

  boolean readsBackwards() {
    return range.readsBackwards(descending);
  }

  /** The cursor of the page after this one. */
  @Nullable String nextCursor(TickPage<?> page) {
    Tick last = page.last();
    return last == null ? null : Cursor.write(kind, last.ts(), last.place(), last.id());
  }
}
