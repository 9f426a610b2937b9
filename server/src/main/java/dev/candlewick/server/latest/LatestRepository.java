package dev.candlewick.server.latest;

import dev.candlewick.net.Problem;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.latest.Latest.Instrument;
import dev.candlewick.server.tick.Quote;
import dev.candlewick.server.tick.TickRepository;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The newest rows in the database. Every statement bounds ts at both ends. */
public final class LatestRepository {
  private static final String INSTRUMENTS =
      """
      select id, venue, symbol from market.instruments
      where ($1::text is null or venue = $1) and ($2::text[] is null or symbol = any($2)) and listed
      order by venue, symbol limit $3
      """;

  private static final Newest<Trade> TRADES =
      new Newest<>(
          """
          select t.ts, t.trade_id, t.price, t.size, t.side, t.flags, t.taken, i.id
          from unnest($1::integer[]) i(id) cross join lateral (
            select * from market.trades t
            where t.instrument_id = i.id and t.ts >= $2 and t.ts < $3 and t.flags & 32 <> 32
            order by t.ts desc, t.taken desc nulls last, t.trade_id desc limit 1) t
          """,
          7,
          TickRepository::trade);

  private static final Newest<Quote> QUOTES =
      new Newest<>(
          """
          select q.ts, q.seq, q.bid, q.bid_size, q.ask, q.ask_size, q.last, q.volume_24h, i.id
          from unnest($1::integer[]) i(id) cross join lateral (
            select * from market.quotes q
            where q.instrument_id = i.id and q.ts >= $2 and q.ts < $3
            order by q.ts desc, q.seq desc limit 1) q
          """,
          8,
          TickRepository::quote);

  /** A minute is the venue's closed candle, else built from trades, else whatever the venue has. */
  private static final String MINUTES =
      """
      select distinct on (id) id, open, high, low, close, volume, quote_volume, trades,
             taker_buy_volume, built
      from (
        select c.instrument_id as id, case when c.source & 2 <> 0 then 1 else 4 end as place,
               c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades,
               c.taker_buy_volume, c.source = 1 as built
        from market.candles_1m c where c.instrument_id = any($1::integer[]) and c.ts = $2
        union all
        select i.id, 2, b.*, true
        from unnest($1::integer[]) i(id) cross join lateral market.built_minute(i.id, $2) b
        union all
        select i.id, 3, n.*, false
        from unnest($1::integer[]) i(id) cross join lateral market.native_minute(i.id, $2) n) c
      order by id, place
      """;

  private final Pool pool;

  public LatestRepository(Pool pool) {
    this.pool = pool;
  }

  /** A statement for the newest row of each of many instruments; the id is in {@code idColumn}. */
  private record Newest<T>(String sql, int idColumn, Function<Row, T> reader) {}

  /**
   * The newest rows of a venue's instruments, or of all of them if no symbol is given, in the order
   * of the symbols; fails with 404 if a symbol is unknown.
   */
  public Future<List<Latest>> find(String venue, List<String> symbols) {
    return find(new LatestQuery(venue, symbols, Times.US));
  }

  /** In the order of venue and symbol; fails with 404 if a symbol is unknown. */
  Future<List<Latest>> find(LatestQuery query) {
    return instruments(query).compose(this::find);
  }

  /** In the same order. */
  Future<List<Latest>> find(List<Instrument> instruments) {
    Integer[] ids = instruments.stream().map(Instrument::id).toArray(Integer[]::new);
    Future<Map<Integer, Trade>> trades = newest(TRADES, ids);
    Future<Map<Integer, Quote>> quotes = newest(QUOTES, ids);
    Future<Map<Integer, Candle>> minutes = minutes(ids);
    return Future.all(trades, quotes, minutes)
        .map(all -> join(instruments, trades.result(), quotes.result(), minutes.result()));
  }

  private static List<Latest> join(
      List<Instrument> instruments,
      Map<Integer, Trade> trades,
      Map<Integer, Quote> quotes,
      Map<Integer, Candle> minutes) {
    return instruments.stream()
        .map(
            i ->
                new Latest(
                    i.venue(),
                    i.symbol(),
                    trades.get(i.id()),
                    quotes.get(i.id()),
                    minutes.get(i.id())))
        .toList();
  }

  /** The requested ones; fails with 404 if a symbol is unknown. */
  Future<List<Instrument>> instruments(LatestQuery query) {
    String[] symbols = query.symbols().isEmpty() ? null : query.symbols().toArray(new String[0]);
    return pool.preparedQuery(INSTRUMENTS)
        .execute(Tuple.of(query.venue(), symbols, LatestQuery.MAX_INSTRUMENTS + 1))
        .map(
            rows -> {
              List<Instrument> found = new ArrayList<>(rows.size());
              rows.forEach(
                  row ->
                      found.add(
                          new Instrument(row.getInteger(0), row.getString(1), row.getString(2))));
              check(query, found);
              return found;
            });
  }

  private static void check(LatestQuery query, List<Instrument> found) {
    if (found.size() > LatestQuery.MAX_INSTRUMENTS) {
      throw Problem.badParameter(
          "symbol",
          "is needed: there are more than " + LatestQuery.MAX_INSTRUMENTS + " instruments");
    }
    Set<String> symbols = new HashSet<>();
    found.forEach(instrument -> symbols.add(instrument.symbol()));
    for (String symbol : query.symbols()) {
      if (!symbols.contains(symbol)) {
        throw Problem.unknownInstrument(
            query.venue() == null ? "any venue" : query.venue(), symbol);
      }
    }
  }

  private <T> Future<Map<Integer, T>> newest(Newest<T> newest, Integer[] ids) {
    Instant now = Instant.now();
    // Stored timestamps may be up to a day ahead of this clock.
    Instant end = now.plus(Duration.ofDays(1));
    return newest(newest, List.of(ids), end, Duration.ofDays(2), new HashMap<>());
  }

  /** Most instruments have recent rows; for the others it looks further and further back. */
  private <T> Future<Map<Integer, T>> newest(
      Newest<T> newest, List<Integer> ids, Instant end, Duration length, Map<Integer, T> found) {
    if (ids.isEmpty() || !end.isAfter(Instant.EPOCH)) {
      return Future.succeededFuture(found);
    }
    Instant start = end.minus(length);
    return pool.preparedQuery(newest.sql())
        .execute(Tuple.of(ids.toArray(new Integer[0]), time(start), time(end)))
        .compose(
            rows -> {
              for (Row row : rows) {
                found.put(row.getInteger(newest.idColumn()), newest.reader().apply(row));
              }
              List<Integer> rest = ids.stream().filter(id -> !found.containsKey(id)).toList();
              return newest(newest, rest, start, length.multipliedBy(8), found);
            });
  }

  private Future<Map<Integer, Candle>> minutes(Integer[] ids) {
    Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    return pool.preparedQuery(MINUTES)
        .execute(Tuple.of(ids, time(minute)))
        .map(rows -> minutes(rows, minute.getEpochSecond()));
  }

  private static Map<Integer, Candle> minutes(RowSet<Row> rows, long ts) {
    Map<Integer, Candle> minutes = new HashMap<>();
    for (Row row : rows) {
      Long trades = row.getLong(7);
      Candle minute =
          new Candle(
              ts,
              row.getDouble(1),
              row.getDouble(2),
              row.getDouble(3),
              row.getDouble(4),
              row.getDouble(5),
              Numbers.known(row.getDouble(6)),
              trades == null ? -1 : trades,
              Numbers.known(row.getDouble(8)),
              // Its minute is not over.
              false,
              row.getBoolean(9) ? Candle.Origin.BUILT : Candle.Origin.NATIVE,
              false);
      minutes.put(row.getInteger(0), minute);
    }
    return minutes;
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
