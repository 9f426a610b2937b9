package dev.candlewick.server.candle;

import dev.candlewick.server.web.InOrder;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Reads a range in which something is not up to date: what is marked is built from its minutes, and
 * a marked minute from its trades. In one transaction, so that stored candles, marks and trades are
 * all seen at one moment; in pieces, so that the cost depends only on what is marked in this range
 * for this instrument.
 */
final class StaleRepository {
  private static final long MINUTE = 60;
  private static final int BUILT = 60;
  private static final int FINER = 1;

  /** Minutes in a piece: folding more would hold up the event loop. */
  private static final long PIECE = 2_880;

  /**
   * Where there is little data a piece grows to so many times that length; a statement has room for
   * it.
   */
  private static final long MOST_PIECES = 16;

  /**
   * Index lookups in a piece's statement: a run costs about 30 us per chunk, a statement takes 1
   * ms.
   */
  private static final long LOOKS = 150;

  /** Seconds between two marked buckets for which reading on costs less than another look. */
  private static final long GAP = 3_600;

  private final Pool pool;
  private final Series series;
  private final long from;
  private final long to;
  private final long open;
  private final Level level;

  /** From here on minutes are read. */
  private final long tail;

  private final BitSet dug = new BitSet();
  private final BitSet traded = new BitSet();
  private final BitSet finer = new BitSet();

  StaleRepository(Pool pool, Series series, long from, long to, long open) {
    this.pool = pool;
    this.series = series;
    this.from = from;
    this.to = to;
    this.open = open;
    this.level = series.level();
    this.tail = level.equals(Level.M1) ? from : Math.max(from, level.buckets().floor(open));
  }

  Future<Parts> parts() {
    return pool.withTransaction(this::parts);
  }

  private Future<Parts> parts(SqlConnection connection) {
    return connection
        .preparedQuery(CandleSql.MARKS)
        .execute(
            Tuple.of(series.instrument(), PartRepository.time(from), PartRepository.time(open)))
        .onSuccess(
            rows -> {
              rows.forEach(this::mark);
              closeGaps();
            })
        .compose(marked -> impure(connection))
        .compose(
            impure ->
                connection
                    .preparedQuery(CandleSql.readBeside(series))
                    .execute(PartRepository.range(series, from, to, open)))
        .compose(
            rows -> {
              Parts beside = PartRepository.parts(rows, series);
              if (beside.cut()) {
                return Future.succeededFuture(beside);
              }
              beside.level().removeIf(part -> dug.get(bucket(part.ts())));
              return readMinutes(
                      connection,
                      beside.fine(),
                      PartRepository.stored(rows),
                      List.of(new Run(tail, Math.max(tail, open))))
                  .compose(
                      read -> {
                        Deque<Run> dugRuns = new ArrayDeque<>(Run.of(dug, from, level.seconds()));
                        return readPieces(connection, beside, dugRuns, PIECE);
                      })
                  .map(read -> beside);
            });
  }

  private void mark(Row row) {
    long bucket = row.getOffsetDateTime(1).toEpochSecond();
    int of = row.getInteger(0);
    if (row.getBuffer(2) == null) {
      mark(of, bucket);
    } else {
      BitSet.valueOf(row.getBuffer(2).getBytes()).stream()
          .forEach(minute -> mark(of, bucket + minute * MINUTE));
    }
  }

  private void mark(int of, long bucket) {
    if (bucket < from || bucket >= open) {
      return;
    }
    if (bucket < tail) {
      dug.set(bucket(bucket));
    }
    if (of <= BUILT) {
      traded.set(minute(bucket));
    }
    if (of == FINER) {
      finer.set(minute(bucket));
    }
  }

  /** What lies between is up to date, and comes out the same. */
  private void closeGaps() {
    int last = dug.nextSetBit(0);
    for (int next = last; next >= 0; next = dug.nextSetBit(next + 1)) {
      if ((next - last - 1) * level.seconds() <= GAP) {
        dug.set(last, next);
      }
      last = next;
    }
  }

  private int bucket(long time) {
    return (int) ((time - from) / level.seconds());
  }

  private int minute(long time) {
    return (int) ((time - from) / MINUTE);
  }

  /** Buckets to be rebuilt because of their source, whether they are marked or not. */
  private Future<Void> impure(SqlConnection connection) {
    if (series.source() == Source.AUTO || level.equals(Level.M1)) {
      return Future.succeededFuture();
    }
    return connection
        .preparedQuery(CandleSql.impure(series))
        .execute(
            Tuple.of(
                series.instrument(),
                PartRepository.time(from),
                PartRepository.time(to),
                PartRepository.time(open)))
        .map(
            rows -> {
              rows.forEach(row -> dug.set(bucket(row.getOffsetDateTime(0).toEpochSecond())));
              return null;
            });
  }

  private Future<Void> readPieces(
      SqlConnection connection, Parts into, Deque<Run> left, long minutes) {
    if (left.isEmpty()) {
      return Future.succeededFuture();
    }
    long whole = Math.max(1, minutes * MINUTE / level.seconds()) * level.seconds() / MINUTE;
    List<Run> piece = Run.takeGroup(left, whole, LOOKS);
    List<Part> fine = new ArrayList<>();
    return runs(connection, CandleSql.minutes(series), piece)
        .compose(
            stored -> {
              stored.stream().filter(series.source()::takes).forEach(fine::add);
              return readMinutes(connection, fine, stored, piece);
            })
        .compose(
            read -> {
              into.level().addAll(CandleFold.upTo(level, CandleFold.best(fine)));
              boolean little = fine.size() < PIECE / 8;
              long next = little ? Math.min(2 * minutes, MOST_PIECES * PIECE) : PIECE;
              return readPieces(connection, into, left, next);
            });
  }

  /**
   * Builds the minutes of a piece that are marked, or stored from another source than requested.
   */
  private Future<Void> readMinutes(
      SqlConnection connection, List<Part> fine, List<Part> stored, List<Run> piece) {
    for (Part minute : stored) {
      if (series.source() == Source.BUILT && minute.source() == Part.CLOSED) {
        traded.set(minute(minute.ts()));
      } else if (series.source() == Source.NATIVE && minute.source() == Part.BUILT) {
        finer.set(minute(minute.ts()));
      }
    }
    StoredTrades trades = new StoredTrades(stored);
    List<Run> built =
        series.source() == Source.NATIVE ? List.of() : trades.runs(traded, from, piece, PIECE);
    List<Run> finerRuns =
        series.source() == Source.BUILT ? List.of() : trades.runs(finer, from, piece, PIECE);
    return readRuns(connection, CandleSql.built(series), built, fine)
        .compose(read -> readRuns(connection, CandleSql.finer(series), finerRuns, fine));
  }

  private Future<Void> readRuns(
      SqlConnection connection, String sql, List<Run> runs, List<Part> fine) {
    return InOrder.each(
        Run.groups(runs, PIECE, LOOKS),
        group ->
            runs(connection, sql, group)
                .map(parts -> fine.addAll(parts.stream().filter(series.source()::takes).toList())));
  }

  private Future<List<Part>> runs(SqlConnection connection, String sql, List<Run> runs) {
    return connection
        .preparedQuery(sql)
        .execute(
            Tuple.of(
                series.instrument(),
                Run.times(runs, Run::from),
                Run.times(runs, Run::to),
                PartRepository.time(runs.get(0).from()),
                PartRepository.time(runs.get(runs.size() - 1).to())))
        .map(PartRepository::all);
  }
}
