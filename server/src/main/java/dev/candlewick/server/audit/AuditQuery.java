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
 * What to look at.
 *
 * @param venue null for all
 * @param symbol null for all of the venue
 * @param from null for all that is held
 * @param to null up to a day ahead of now, where nothing is refused yet
 * @param records whether what bots write is looked at too
 */
record AuditQuery(
    @Nullable String venue,
    @Nullable String symbol,
    @Nullable OffsetDateTime from,
    @Nullable OffsetDateTime to,
    boolean records) {
  private static final Set<String> PARAMETERS = Set.of("venue", "symbol", "from", "to", "unit");
  private static final long MICROS = 1_000_000;

  /** The question that the parameters ask; 400 naming the one that is wrong. */
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
