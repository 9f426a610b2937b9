package dev.candlewick.server.performance;

import dev.candlewick.net.Problem;
import dev.candlewick.server.performance.ClosedTrade.Subject;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.Numeric;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closed trades in the journal: the newest row of each trade, if it has an exit and a result. */
public final class PerformanceRepository {
  /** The most trades in one answer. */
  private static final int MOST = 100_000;

  private static final String CLOSED =
      """
      select j.exit_time, j.bot, j.strategy, i.venue, i.symbol, j.regime, j.pnl_usd,
             coalesce(j.fees, 0) + coalesce(j.commission, 0) + coalesce(j.slippage, 0),
             coalesce(j.pnl_r, (j.pnl_usd / nullif(coalesce(j.initial_risk,
               abs(j.entry_price - j.stop_loss) * j.quantity), 0))::float8),
             coalesce(j.holding_seconds, extract(epoch from j.exit_time - j.entry_time)::float8)
      from record_latest.journal j left join market.instruments i on i.id = j._instrument_id
      where j.exit_time >= $1 and j.exit_time < $2 and j.pnl_usd is not null
        and ($3::text is null or j.bot = $3)
        and ($4::text is null or j.strategy = $4)
        and ($5::text is null or i.symbol = $5)
        and ($6::text[] is null or j.bot = any($6))
      order by j.exit_time desc, j.bot desc, j.trade_id desc
      limit $7
      """;

  private final SqlClient client;

  public PerformanceRepository(SqlClient client) {
    this.client = client;
  }

  /**
   * The requested trades, in order of their exits.
   *
   * @param bots those whose trades may be read; empty = everyone's
   */
  Future<List<ClosedTrade>> closed(PerformanceQuery query, Collection<String> bots) {
    Range range = query.range();
    Integer last = query.last();
    int limit = last == null ? MOST + 1 : Math.min(last, MOST + 1);
    Tuple parameters =
        Tuple.of(time(range.from() == null ? 0 : range.from()))
            .addOffsetDateTime(time(range.to() == null ? Range.END : range.to()))
            .addString(query.bot())
            .addString(query.strategy())
            .addString(query.symbol())
            .addArrayOfString(bots.isEmpty() ? null : bots.toArray(String[]::new))
            .addInteger(limit);
    return client
        .preparedQuery(CLOSED)
        .execute(parameters)
        .map(
            rows -> {
              if (rows.size() > MOST) {
                throw Problem.badParameter(
                    "from", "more than " + MOST + " trades; ask for a shorter range");
              }
              List<ClosedTrade> trades = new ArrayList<>(rows.size());
              rows.forEach(row -> trades.add(trade(row)));
              Collections.reverse(trades);
              return trades;
            });
  }

  private static ClosedTrade trade(Row row) {
    Subject subject =
        new Subject(
            row.getString(1),
            row.getString(2),
            row.getString(3),
            row.getString(4),
            row.getString(5));
    long exit = Times.micros(row.getOffsetDateTime(0).toInstant());
    return new ClosedTrade(
        subject, exit, decimal(row, 6), decimal(row, 7), number(row, 8), number(row, 9));
  }

  private static BigDecimal decimal(Row row, int column) {
    return row.get(Numeric.class, column).bigDecimalValue();
  }

  private static @Nullable Double number(Row row, int column) {
    return row.getDouble(column);
  }

  private static OffsetDateTime time(long micros) {
    return Times.instant(micros).atOffset(ZoneOffset.UTC);
  }
}
