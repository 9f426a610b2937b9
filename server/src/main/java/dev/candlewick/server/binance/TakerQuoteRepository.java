package dev.candlewick.server.binance;

import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The taker buy quote volume, which candles do not store: summed from the trades of candles built
 * from them, while those are kept.
 */
public final class TakerQuoteRepository {
  /** The most trades read for one answer; candles older than these trades have none. */
  private static final long MOST_TRADES = 1_000_000;

  private static final long MICROS = 1_000_000;

  private static final String SUMS =
      """
      select width_bucket(ts, $2::timestamptz[]),
             sum(price::numeric * size::numeric)::double precision,
             coalesce(sum(price::numeric * size::numeric) filter (where side = 1), 0)
               ::double precision
      from market.trades
      where instrument_id = $1 and ts >= $3 and ts < $4 and flags & 34 = 0
      group by 1
      """;

  private final SqlClient client;

  public TakerQuoteRepository(SqlClient client) {
    this.client = client;
  }

  /**
   * What the trades say, by when a candle starts, in seconds.
   *
   * @param candles ascending
   * @param end where the last one ends, seconds since the epoch
   */
  Future<Map<Long, Double>> of(int instrument, List<Candle> candles, long end) {
    int first = candles.size();
    long trades = 0;
    while (first > 0 && trades + Math.max(0, candles.get(first - 1).trades()) <= MOST_TRADES) {
      first--;
      trades += Math.max(0, candles.get(first).trades());
    }
    List<Candle> read = candles.subList(first, candles.size());
    if (read.stream().noneMatch(TakerQuoteRepository::needsTrades)) {
      return Future.succeededFuture(Map.of());
    }
    OffsetDateTime[] starts =
        read.stream().map(candle -> time(candle.ts())).toArray(OffsetDateTime[]::new);
    return client
        .preparedQuery(SUMS)
        .execute(Tuple.of(instrument, starts, starts[0], time(end)))
        .map(rows -> sums(rows, read));
  }

  /** Takers bought neither all of it nor none. */
  private static boolean needsTrades(Candle candle) {
    return candle.origin() == Candle.Origin.BUILT
        && candle.takerBuyVolume() > 0
        && candle.takerBuyVolume() < candle.volume();
  }

  /** A sum is valid if the trades are all that the candle was built from. */
  private static Map<Long, Double> sums(RowSet<Row> rows, List<Candle> candles) {
    Map<Long, Double> sums = new HashMap<>();
    for (Row row : rows) {
      Candle candle = candles.get(row.getInteger(0) - 1);
      if (needsTrades(candle) && row.getDouble(1) == candle.quoteVolume()) {
        sums.put(candle.ts(), row.getDouble(2));
      }
    }
    return sums;
  }

  private static OffsetDateTime time(long seconds) {
    return Times.instant(seconds * MICROS).atOffset(ZoneOffset.UTC);
  }
}
