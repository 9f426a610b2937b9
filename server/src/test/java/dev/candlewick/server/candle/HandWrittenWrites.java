package dev.candlewick.server.candle;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.candle.RawMarket.Sent;
import dev.candlewick.server.candle.RawMarket.Trade;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the write way and the roll-up do to the database, step by step and as far as a test wants:
 * rows with their marks, some of the marks rolled up, the longer levels refreshed.
 */
final class HandWrittenWrites {
  private static final List<String> LEVELS = List.of("1m", "5m", "15m", "1h", "4h", "1d");
  private static final List<Integer> SECONDS = List.of(60, 300, 900, 3_600, 14_400, 86_400);
  private static final List<Integer> REAL_TIME = List.of(0, 3_600, 7_200, 21_600, 86_400, 259_200);
  private static final String VALUES =
      "open, high, low, close, volume, quote_volume, trades, taker_buy_volume";

  private final TestDatabase database;
  private final int instrument;
  private final boolean community;

  HandWrittenWrites(TestDatabase database, int instrument) {
    this.database = database;
    this.instrument = instrument;
    this.community = database.text("select edition from ingest.edition").equals("community");
  }

  void trades(List<Trade> trades) {
    String rows =
        trades.stream()
            .map(
                t ->
                    "(%d, '%s', %d, %s, %s, %d, %d)"
                        .formatted(
                            instrument,
                            time(t.micros()),
                            t.id(),
                            t.price(),
                            t.size(),
                            t.side(),
                            t.flags()))
            .collect(Collectors.joining(", "));
    database.execute("insert into market.trades values " + rows + " on conflict do nothing");
    mark(60, trades.stream().map(trade -> Math.floorDiv(trade.micros(), 1_000_000L)).toList());
  }

  void sent(List<Sent> candles) {
    database.execute(candles.stream().map(this::sent).collect(Collectors.joining(";")));
    for (Sent candle : candles) {
      if (candle.timeframe().equals("1m") || candle.timeframe().endsWith("s")) {
        mark(candle.timeframe().equals("1m") ? 60 : 1, List.of(candle.ts()));
      }
    }
  }

  private String sent(Sent candle) {
    String time = time(candle.ts() * 1_000_000);
    String values =
        "%s, %s, %s, %s, %s, %s, %s, null"
            .formatted(
                candle.price(),
                candle.high(),
                candle.low(),
                candle.price(),
                candle.volume(),
                candle.quoteVolume(),
                candle.counted() ? "10" : "null");
    String minute = "";
    if (candle.timeframe().equals("1m")) {
      minute =
          """
          insert into market.candles_1m as c values (%d, '%s', %s, %d)
          on conflict (instrument_id, ts) do update set %s, source = excluded.source
          where excluded.source = 2 or c.source = 4;
          """
              .formatted(instrument, time, values, candle.closed() ? 2 : 4, excluded());
      if (candle.closed()) {
        return minute;
      }
    }
    return minute
        + """
        insert into market.candles_native as c values (%d, '%s', '%s', %s, %b)
        on conflict (instrument_id, timeframe, ts) do update set %s, closed = excluded.closed
        where excluded.closed or not c.closed
        """
            .formatted(instrument, candle.timeframe(), time, values, candle.closed(), excluded());
  }

  private void mark(int level, List<Long> seconds) {
    String rows =
        seconds.stream()
            .map(at -> time((at - Math.floorMod(at, 60)) * 1_000_000))
            .map(bucket -> "(%d, '%s', array[0, %d])".formatted(level, bucket, instrument))
            .collect(Collectors.joining(", "));
    database.execute("insert into ingest.dirty values " + rows);
  }

  /**
   * Takes these marks away and rolls up what they are about, in one transaction; the continuous
   * aggregates are left behind, their buckets marked.
   *
   * @param which an SQL condition on a mark
   */
  void rollUp(String which) {
    StringBuilder sql = new StringBuilder();
    sql.append(
        """
        with days as (
          delete from ingest.dirty where minutes is not null and level <= 60
          returning level, bucket, ids, minutes)
        insert into ingest.dirty
          select level, bucket + minute * interval '1 minute', ids
          from days cross join generate_series(0, 1439) minute
          where minute < 8 * octet_length(minutes) and get_bit(minutes, minute) = 1;
        create temp table taken on commit drop as
          select distinct level, bucket from ingest.dirty where level <= 60 and %s;
        delete from ingest.dirty d using taken t where d.level = t.level and d.bucket = t.bucket;
        """
            .formatted(which));
    sql.append(minutes("built_minute", 1, 60, "c.source <> 2"));
    sql.append(minutes("native_minute", 8, 1, "c.source in (4, 8)"));
    for (int i = 1; i < LEVELS.size() && !community; i++) {
      sql.append(level(i));
    }
    if (community) {
      sql.append(
          """
          insert into ingest.dirty select distinct 300, time_bucket('5 minutes', bucket), array[%d] from taken;
          """
              .formatted(instrument));
    }
    database.execute("begin; " + sql + "commit");
  }

  private String minutes(String function, int source, int level, String where) {
    return """
    insert into market.candles_1m as c
      select %1$d, t.bucket, m.*, %2$d from (select distinct bucket from taken where level = %3$d) t
      cross join lateral market.%4$s(%1$d, t.bucket) m
      on conflict (instrument_id, ts) do update set %5$s, source = excluded.source where %6$s;
    """
        .formatted(instrument, source, level, function, excluded(), where);
  }

  private String level(int i) {
    return """
    insert into market.candles_%1$s as c
      select c.instrument_id, time_bucket('%2$d seconds', c.ts),
        first(open, ts), max(high), min(low), last(close, ts), sum(volume::numeric)::float8,
        case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::float8 end,
        case when count(trades) = count(*) then sum(trades) end,
        case when count(taker_buy_volume) = count(*) then sum(taker_buy_volume::numeric)::float8 end,
        bit_or(source)
      from market.candles_%3$s c
      where instrument_id = %4$d
        and time_bucket('%2$d seconds', ts) in (select time_bucket('%2$d seconds', bucket) from taken)
      group by 1, 2
      on conflict (instrument_id, ts) do update set %5$s, source = excluded.source;
    """
        .formatted(LEVELS.get(i), SECONDS.get(i), LEVELS.get(i - 1), instrument, excluded());
  }

  /**
   * Community edition: materialises each level up to where it is read in real time, and takes the
   * marks away. {@code now} must not differ from call to call.
   */
  void refresh(long now) {
    for (int i = 1; i < LEVELS.size() && community; i++) {
      // Unbatched: ten buckets a batch, the default, take seven times as long.
      String call =
          "call refresh_continuous_aggregate('market.candles_%s', '%s', '%s', options => '%s')";
      long until = now - REAL_TIME.get(i);
      long end = until - Math.floorMod(until, SECONDS.get(i));
      database.execute(
          call.formatted(
              LEVELS.get(i),
              time((end - 60 * 86_400L) * 1_000_000),
              time(end * 1_000_000),
              "{\"buckets_per_batch\": 0}"));
    }
    database.execute("delete from ingest.dirty where level = 300");
  }

  private static String excluded() {
    return "(" + VALUES + ") = row (excluded." + VALUES.replace(", ", ", excluded.") + ")";
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, java.time.temporal.ChronoUnit.MICROS).toString();
  }
}
