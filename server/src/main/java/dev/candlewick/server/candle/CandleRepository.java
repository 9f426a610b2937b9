package dev.candlewick.server.candle;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Candles in the database. Times are seconds since the epoch. */
public final class CandleRepository {
  private static final int MINUTE = 60;

  /** From this long ago on trades are read instead of marks: the open minute has many of those. */
  private static final long OPEN = 2 * MINUTE;

  private static final String INSTRUMENT =
      "select id, session, timezone from market.instruments"
          + " where venue = $1 and symbol = $2 and listed";

  /** How long a cached instrument is trusted, even if no connection is opened. */
  private static final long KNOWN_NANOS = 60_000_000_000L;

  private static final int MOST_KNOWN = 100_000;

  /** The most runs that are reported. */
  private static final int MOST_MAKING = 100;

  private final Pool pool;
  private final LongSupplier opened;
  private final Map<List<String>, Known> known = new ConcurrentHashMap<>();

  private record Known(Instrument instrument, long found, long opened) {}

  public CandleRepository(Pool pool) {
    this(pool, () -> 0);
  }

  /**
   * Reads from this pool.
   *
   * @param opened how many connections the pool has opened; cached instruments are trusted while it
   *     stays the same
   */
  public CandleRepository(Pool pool, LongSupplier opened) {
    this.pool = pool;
    this.opened = opened;
  }

  /** The instrument with that name; fails with 404 if there is none. */
  Future<Instrument> instrument(String venue, String symbol) {
    return pool.preparedQuery(INSTRUMENT)
        .execute(Tuple.of(venue, symbol))
        .map(
            rows -> {
              Iterator<Row> found = rows.iterator();
              if (!found.hasNext()) {
                throw Problem.unknownInstrument(venue, symbol);
              }
              Row row = found.next();
              return new Instrument(row.getInteger(0), row.getString(1), row.getString(2));
            });
  }

  /** The same, but its session and time zone may be a minute old. */
  Future<Instrument> knownInstrument(String venue, String symbol) {
    List<String> name = List.of(venue, symbol);
    Known last = known.get(name);
    long now = opened.getAsLong();
    if (last != null && last.opened() == now && System.nanoTime() - last.found() < KNOWN_NANOS) {
      return Future.succeededFuture(last.instrument());
    }
    return instrument(venue, symbol)
        .map(
            instrument -> {
              if (known.size() >= MOST_KNOWN) {
                known.clear();
              }
              known.put(name, new Known(instrument, System.nanoTime(), now));
              return instrument;
            });
  }

  /**
   * What the buckets from {@code from}, a start, to {@code to}, an end, are made from.
   *
   * @param now decides from where things are read, never what is found
   */
  Future<Parts> parts(Series series, long from, long to, long now) {
    if (series.level().isTrades()) {
      return query(CandleSql.readSteps(series), series, from, to, from);
    }
    long open = Math.max(from, Math.min(to, now - Math.floorMod(now, MINUTE) - OPEN));
    return marked(series, from, to, open)
        .compose(
            parts ->
                parts.heldFrom(series.level()) > from
                    ? coarser(series, from, to, parts)
                        .map(rows -> Edge.complete(series, parts, from, to, rows))
                    : Future.succeededFuture(parts));
  }

  /** The candles of the longer levels, by their seconds, up to where the series' own start. */
  private Future<Map<Long, List<Part>>> coarser(Series series, long from, long to, Parts parts) {
    Map<Long, List<Part>> rows = new ConcurrentHashMap<>();
    long until = series.buckets().end(series.buckets().floor(parts.heldFrom(series.level())));
    Tuple range =
        Tuple.of(
            series.instrument(),
            PartRepository.time(from),
            PartRepository.time(Math.min(to, until)));
    List<Future<?>> reads = new ArrayList<>();
    for (Level level : series.level().coarser()) {
      if (parts.heldFrom(level) < parts.heldFrom(series.level())) {
        reads.add(
            pool.preparedQuery(CandleSql.coarser(level))
                .execute(range)
                .onSuccess(found -> rows.put(level.seconds(), PartRepository.all(found))));
      }
    }
    return Future.all(reads).map(read -> rows);
  }

  private Future<Parts> marked(Series series, long from, long to, long open) {
    if (series.source() != Source.AUTO) {
      return new StaleRepository(pool, series, from, to, open).parts();
    }
    return query(CandleSql.readIfUpToDate(series, open < to), series, from, to, open)
        .compose(
            parts ->
                parts.stale()
                    ? new StaleRepository(pool, series, from, to, open).parts()
                    : Future.succeededFuture(parts));
  }

  /**
   * The start of the first or last part in a range; empty if there is none. The bucket it belongs
   * to may turn out not to be wanted.
   */
  Future<OptionalLong> nearest(Series series, long from, long to, boolean last) {
    Tuple tuple =
        Tuple.of(
            series.instrument(),
            PartRepository.time(from),
            PartRepository.time(to),
            timeframes(series));
    return pool.preparedQuery(CandleSql.nearest(series, last))
        .execute(tuple)
        .map(
            rows -> {
              OffsetDateTime found = rows.iterator().next().getOffsetDateTime(0);
              return found == null ? OptionalLong.empty() : OptionalLong.of(found.toEpochSecond());
            });
  }

  /** The start of the first part, including longer levels: where the instrument's data started. */
  Future<OptionalLong> first(Series series, long now) {
    long start = Range.START / 1_000_000;
    List<Level> longer = series.level().coarser();
    List<Future<OptionalLong>> firsts = new ArrayList<>();
    firsts.add(nearest(series, start, now, false));
    for (Level level : longer) {
      Series of =
          new Series(
              series.instrument(), series.timeframe(), level.buckets(), level, series.source());
      firsts.add(nearest(of, start, now, false));
    }
    return Future.all(firsts)
        .map(
            all -> {
              OptionalLong first = firsts.get(0).result();
              for (int i = 0; i < longer.size(); i++) {
                OptionalLong found = firsts.get(i + 1).result();
                first = isBefore(found, longer.get(i), first) ? found : first;
              }
              return first;
            });
  }

  /** A candle that contains the first of its shorter ones starts before there is anything. */
  private static boolean isBefore(OptionalLong found, Level level, OptionalLong finer) {
    return found.isPresent()
        && (finer.isEmpty() || found.getAsLong() + level.seconds() <= finer.getAsLong());
  }

  /** Where the levels start from which retention has dropped something, by their seconds. */
  Future<Map<Long, Long>> dropped() {
    return pool.query(CandleSql.DROPPED)
        .execute()
        .map(
            rows -> {
              Map<Long, Long> dropped = new HashMap<>();
              rows.forEach(
                  row -> dropped.put(row.getLong(0), row.getOffsetDateTime(1).toEpochSecond()));
              return dropped;
            });
  }

  /** What waits in a range to be rolled up, as runs of minutes: the first {@link #MOST_MAKING}. */
  Future<List<Run>> making(Series series, long from, long to) {
    return pool.preparedQuery(CandleSql.MARKS)
        .execute(Tuple.of(series.instrument(), PartRepository.time(from), PartRepository.time(to)))
        .map(
            rows -> {
              List<Run> marked = new ArrayList<>();
              rows.forEach(row -> marked.addAll(PartRepository.marked(row)));
              return Run.joined(marked, from, to, MOST_MAKING);
            });
  }

  private static String[] timeframes(Series series) {
    List<String> timeframes = new ArrayList<>(series.level().finer());
    if (series.hasExact()) {
      timeframes.add(series.timeframe().text());
    }
    return timeframes.toArray(String[]::new);
  }

  private Future<Parts> query(String sql, Series series, long from, long to, long open) {
    return pool.preparedQuery(sql)
        .execute(PartRepository.range(series, from, to, open))
        .map(rows -> PartRepository.parts(rows, series));
  }
}
