package dev.candlewick.server.audit;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Range;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to audit.
 *
 * @param venue null for all
 * @param symbol null for all of the venue
 * @param from null for everything stored
 * @param to null for up to a day ahead of now, beyond which rows are rejected
 * @param records whether to include what bots write
 */
record AuditQuery(
    @Nullable String venue,
    @Nullable String symbol,
    @Nullable OffsetDateTime from,
    @Nullable OffsetDateTime to,
    boolean records) {
  private static final Set<String> PARAMETERS = Set.of("venue", "symbol", "from", "to", "unit");
  private static final long MICROS = 1_000_000;

  /** The query in the parameters; 400 naming the one that is wrong. */
  static AuditQuery parse(RoutingContext ctx, boolean records) {
    Params params = Params.of(ctx, PARAMETERS);
    String venue = params.text("venue") == null ? null : params.venue();
    String symbol = params.text("symbol") == null ? null : params.symbol();
    if (symbol != null && venue == null) {
      throw Problem.badParameter("venue", "is required where symbol is given");
    }
    Range range = params.range(params.unit());
    return new AuditQuery(venue, symbol, time(range.from()), time(range.to()), records);
  }

  private static @Nullable OffsetDateTime time(@Nullable Long micros) {
    return micros == null
        ? null
        : Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000L)
            .atOffset(ZoneOffset.UTC);
  }
}
