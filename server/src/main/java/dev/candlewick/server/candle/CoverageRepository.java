package dev.candlewick.server.candle;

import dev.candlewick.server.candle.Coverage.Gap;
import dev.candlewick.server.candle.Coverage.State;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the database can prove about gaps. */
public final class CoverageRepository {
  /** The most gaps examined; further ones stay unknown. */
  private static final int MOST_GAPS = 2_000;

  /**
   * Around each gap: the ids of the last trade before it and the first after it, if they are the
   * venue's own (neither hashed nor generated here), and whether the feed quoted meanwhile.
   */
  private static final String EVIDENCE =
      """
      select g.n, before.trade_id, behind.trade_id,
             exists (select from market.quotes q
                     where q.instrument_id = $1 and q.ts >= g.start and q.ts < g.stop)
      from unnest($2::timestamptz[], $3::timestamptz[]) with ordinality as g (start, stop, n)
      left join lateral (
        select t.trade_id, t.flags from market.trades t
        where t.instrument_id = $1 and t.ts < g.start and t.ts >= g.start - interval '7 days'
        order by t.ts desc, t.taken desc nulls last, t.trade_id desc limit 1) as before on before.flags & 12 = 0
      left join lateral (
        select t.trade_id, t.flags from market.trades t
        where t.instrument_id = $1 and t.ts >= g.stop and t.ts < g.stop + interval '7 days'
        order by t.ts, t.taken nulls first, t.trade_id limit 1) as behind on behind.flags & 12 = 0
      order by g.n
      """;

  private final Pool pool;

  public CoverageRepository(Pool pool) {
    this.pool = pool;
  }

  /** The gaps with their states, as far as they can be proven. */
  Future<List<Gap>> prove(int instrument, List<Gap> gaps, long firstData) {
    List<Gap> open =
        gaps.stream()
            .filter(gap -> gap.state() == State.UNKNOWN && gap.to() > firstData)
            .limit(MOST_GAPS)
            .toList();
    return pool.preparedQuery(EVIDENCE)
        .execute(Tuple.of(instrument, times(open, Gap::from), times(open, Gap::to)))
        .map(
            rows -> {
              List<Gap> proven = new ArrayList<>(gaps);
              for (Row row : rows) {
                Gap gap = open.get(row.getInteger(0) - 1);
                State state = state(row.getLong(1), row.getLong(2), row.getBoolean(3));
                proven.set(proven.indexOf(gap), gap.as(state));
              }
              proven.replaceAll(
                  gap ->
                      gap.state() != State.MARKET_CLOSED && gap.to() <= firstData
                          ? gap.as(State.NOT_LOADED)
                          : gap);
              return proven;
            });
  }

  private static State state(@Nullable Long before, @Nullable Long behind, boolean quoted) {
    if (before != null && behind != null && behind > before) {
      return behind == before + 1 ? State.NO_TRADES : State.FEED_DOWN;
    }
    return quoted ? State.NO_TRADES : State.UNKNOWN;
  }

  private static OffsetDateTime[] times(List<Gap> gaps, ToLongFunction<Gap> time) {
    return gaps.stream()
        .map(gap -> Instant.ofEpochSecond(time.applyAsLong(gap)).atOffset(ZoneOffset.UTC))
        .toArray(OffsetDateTime[]::new);
  }
}
