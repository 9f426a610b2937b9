package dev.candlewick.server.live;

import dev.candlewick.net.Problem;
import dev.candlewick.record.ChangeKind;
import dev.candlewick.record.RowKeys;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.tick.LiveTickRepository;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instrument's candles in one timeframe. A commit marks the buckets it touches; marked buckets
 * are read as {@code GET /v1/candles} reads them, and whatever differs from the last reading is
 * sent. Reads follow one another, so each shows a later state than the one before: what was sent,
 * with the last row of a bucket winning, is always the state of the last read. An open bucket of
 * very many trades is not read again with each of them: {@link FormingCandle}.
 */
final class CandleGroup implements Group<Candle> {
  private static final Logger LOG = LoggerFactory.getLogger(CandleGroup.class);
  private static final long MICROS = 1_000_000;
  private static final long PACE_MILLIS = 100;
  private static final long RETRY_MILLIS = 500;

  /** The most buckets in one read, and so the most rows it finds. */
  private static final int STRETCH = 1_000;

  private static final int MOST_CHANGED = 100_000;

  /**
   * How many sent rows are remembered so as not to send them again; older ones are sent whenever
   * they change.
   */
  private static final int MOST_KNOWN = 2 * Start.MOST;

  private final int instrument;
  private final Timeframe timeframe;
  private final Candles candles;
  private final Turns turns;
  private final LiveTickRepository<Trade> trades;
  private final Turns ofTrades;
  private final Vertx vertx;
  private final Clock clock;
  private final TreeSet<Long> changed = new TreeSet<>();

  /** The newest bucket of very many trades, and whether it has new ones or has ended. */
  private @Nullable FormingCandle forming;

  private boolean grown;

  /** Up to this bucket none is forming: it has more than trades that were taken once. */
  private long plain = Long.MIN_VALUE;

  private final TreeMap<Long, Candle> known = new TreeMap<>();

  /** Buckets that were read before their end. */
  private final TreeSet<Long> open = new TreeSet<>();

  private final List<Member> members = new ArrayList<>();
  private final Deque<Joining> joining = new ArrayDeque<>();
  private boolean busy;
  private long closingTimer = -1;

  /** A subscriber and the first bucket it is sent. */
  private record Member(Subscriber<Candle> subscriber, long first) {}

  private record Joining(Subscriber<Candle> subscriber, Start start) {}

  CandleGroup(
      int instrument,
      Timeframe timeframe,
      Candles candles,
      Turns turns,
      LiveTickRepository<Trade> trades,
      Turns ofTrades,
      Vertx vertx,
      Clock clock) {
    this.instrument = instrument;
    this.timeframe = timeframe;
    this.candles = candles;
    this.turns = turns;
    this.trades = trades;
    this.ofTrades = ofTrades;
    this.vertx = vertx;
    this.clock = clock;
  }

  @Override
  public void join(Subscriber<Candle> subscriber, Start start) {
    joining.add(new Joining(subscriber, start));
    next();
  }

  @Override
  public void leave(Subscriber<Candle> subscriber) {
    members.removeIf(member -> member.subscriber() == subscriber);
    joining.removeIf(waiting -> waiting.subscriber() == subscriber);
    if (isEmpty()) {
      vertx.cancelTimer(closingTimer);
    }
  }

  @Override
  public boolean isEmpty() {
    return members.isEmpty() && joining.isEmpty();
  }

  @Override
  public void changed(Change change) {
    if (change.kind() == ChangeKind.QUOTES) {
      return;
    }
    RowKeys.read(change.keys(), (ts, id) -> changed(change, ts, id));
    if (changed.size() > MOST_CHANGED) {
      lose();
    }
    next();
  }

  private void changed(Change change, long ts, long id) {
    long bucket = timeframe.bucket(Math.floorDiv(ts, MICROS));
    FormingCandle its = forming;
    if (its == null || its.start() != bucket) {
      changed.add(bucket);
      plain = change.kind() == ChangeKind.CANDLES ? Math.max(plain, bucket) : plain;
    } else if (change.kind() == ChangeKind.TRADES && its.committed(change.transaction(), ts, id)) {
      grown = true;
    } else {
      readAlways(its);
    }
  }

  /** There is a venue's candle, or a trade was corrected: only the database knows what counts. */
  private void readAlways(FormingCandle its) {
    plain = its.start();
    changed.add(its.start());
    forming = null;
  }

  @Override
  public void lose() {
    forming = null;
    changed.clear();
    List<Member> lost = List.copyOf(members);
    members.clear();
    lost.forEach(member -> member.subscriber().lost());
    joining.forEach(waiting -> waiting.subscriber().lost());
    joining.clear();
  }

  private void next() {
    if (busy) {
      return;
    }
    if (!joining.isEmpty()) {
      busy = true;
      admit(joining.element());
      return;
    }
    long first = members.stream().mapToLong(Member::first).min().orElse(Long.MAX_VALUE);
    changed.headSet(first).clear();
    if (!changed.isEmpty()) {
      busy = true;
      readStretch();
    } else if (grown && forming != null) {
      busy = true;
      readNewTrades(forming);
    }
  }

  private void admit(Joining one) {
    if (forming != null) {
      // The new subscriber's read shows it in a later state.
      changed.add(forming.start());
      forming = null;
    }
    long asked = clock.millis();
    Start start = one.start();
    turns
        .take(() -> read(start))
        .onComplete(
            read -> {
              busy = false;
              if (!joining.remove(one)) {
                next();
                return;
              }
              if (read.failed()) {
                one.subscriber().refused(read.cause());
              } else {
                List<Candle> rows = read.result();
                learn(rows, asked);
                members.add(new Member(one.subscriber(), first(start, rows)));
                one.subscriber().snapshot(rows);
                watchClosing();
              }
              next();
            });
  }

  private Future<List<Candle>> read(Start start) {
    Future<List<Candle>> rows =
        candles
            .find(instrument, Wanted.of(timeframe, start.range(), start.limit()))
            .map(found -> refuseTooMany(start, found));
    if (start.from() == null || start.before() == 0) {
      return rows;
    }
    Range older = new Range(null, start.from());
    return candles
        .find(instrument, Wanted.last(timeframe, older, start.before()))
        .compose(
            before -> rows.map(found -> Stream.concat(before.stream(), found.stream()).toList()));
  }

  private static List<Candle> refuseTooMany(Start start, List<Candle> found) {
    if (start.from() != null && found.size() > Start.MOST) {
      throw new Problem(
          400,
          "bad_parameter",
          "from: more than " + Start.MOST + " candles; read older ones by GET /v1/candles");
    }
    return found;
  }

  /**
   * If there are fewer than the last n, the snapshot is everything there is, and older ones are
   * news.
   */
  private static long first(Start start, List<Candle> rows) {
    if (start.from() != null && start.before() == 0) {
      return -Math.floorDiv(-start.from(), MICROS);
    }
    int wanted = start.before() + (start.from() == null ? start.last() : 0);
    return rows.size() < wanted ? Long.MIN_VALUE : rows.get(0).ts();
  }

  private void readStretch() {
    long from = changed.first();
    TreeSet<Long> stretch =
        new TreeSet<>(changed.headSet(from + STRETCH * timeframe.longestSeconds()));
    changed.removeAll(stretch);
    if (forming != null && from <= forming.start() && forming.start() <= stretch.last()) {
      forming = null;
    }
    Range range = new Range(from * MICROS, timeframe.end(stretch.last()) * MICROS);
    long asked = clock.millis();
    long started = System.nanoTime();
    turns
        .take(() -> candles.find(instrument, Wanted.of(timeframe, range, 2 * STRETCH)))
        .onComplete(
            read -> {
              if (read.failed()) {
                LOG.warn("candles not read, trying again: {}", read.cause().toString());
                changed.addAll(stretch);
                resumeIn(RETRY_MILLIS);
                return;
              }
              List<Candle> rows = new ArrayList<>(read.result());
              rows.addAll(gone(rows, from, stretch.last(), asked));
              learn(rows, asked);
              watchClosing();
              begin(rows).onComplete(begun -> resume(started));
            });
  }

  /** The newest candle from now on grows by its new trades, if it is one of very many. */
  private Future<Boolean> begin(List<Candle> rows) {
    Candle newest = rows.isEmpty() ? null : rows.get(rows.size() - 1);
    if (newest == null || newest.ts() <= plain || !FormingCandle.suits(newest, timeframe)) {
      return Future.succeededFuture(false);
    }
    if (forming != null && grown) {
      changed.add(forming.start());
    }
    FormingCandle its = new FormingCandle(instrument, trades, newest.ts());
    forming = its;
    // What was told up to now is in what it reads now; else it would be read anew at once.
    grown = changed.remove(newest.ts());
    Range range = new Range(newest.ts() * MICROS, timeframe.end(newest.ts()) * MICROS);
    return turns.take(() -> its.begin(range)).otherwise(false).map(begun -> keep(its, begun));
  }

  private void readNewTrades(FormingCandle its) {
    grown = false;
    long asked = clock.millis();
    long started = System.nanoTime();
    ofTrades
        .take(its::grow)
        .otherwise(false)
        .onSuccess(
            known -> {
              if (keep(its, known)) {
                learn(List.of(its.candle(endMillis(its.start()) <= asked)), asked);
                watchClosing();
              }
              resume(started);
            });
  }

  /** Whether it is still forming; it no longer is if its trades are not known. */
  private boolean keep(FormingCandle its, boolean known) {
    if (forming == its && !known) {
      readAlways(its);
    }
    return forming == its;
  }

  private void resume(long started) {
    resumeIn(Math.max(1, PACE_MILLIS - (System.nanoTime() - started) / 1_000_000));
  }

  /**
   * Candles of a range that existed and no longer do, because their trades were cancelled: sent as
   * {@code fill=null} shows a bucket without trades.
   */
  private List<Candle> gone(List<Candle> rows, long from, long last, long asked) {
    TreeSet<Long> gone = new TreeSet<>(known.subMap(from, true, last, true).keySet());
    rows.forEach(row -> gone.remove(row.ts()));
    return gone.stream().map(ts -> Candle.empty(ts, endMillis(ts) <= asked)).toList();
  }

  private void resumeIn(long millis) {
    vertx.setTimer(
        millis,
        fired -> {
          busy = false;
          next();
        });
  }

  /**
   * Sends members what differs from what was known.
   *
   * @param asked when it was read, in milliseconds, or a little before
   */
  private void learn(List<Candle> rows, long asked) {
    List<Candle> news = new ArrayList<>();
    for (Candle row : rows) {
      if (!row.equals(known.put(row.ts(), row))) {
        news.add(row);
      }
      if (row.closed() || endMillis(row.ts()) <= asked) {
        open.remove(row.ts());
      } else {
        open.add(row.ts());
      }
    }
    while (known.size() > MOST_KNOWN) {
      known.pollFirstEntry();
    }
    for (Member member : members) {
      List<Candle> its = news.stream().filter(row -> row.ts() >= member.first()).toList();
      if (!its.isEmpty()) {
        member.subscriber().update(its);
      }
    }
  }

  /** Reads buckets that were open again once they have ended, since no commit announces that. */
  private void watchClosing() {
    vertx.cancelTimer(closingTimer);
    if (!open.isEmpty() && !isEmpty()) {
      long left = endMillis(open.first()) - clock.millis();
      closingTimer = vertx.setTimer(Math.max(1, left + 1), fired -> lookAtEnded());
    }
  }

  private void lookAtEnded() {
    while (!open.isEmpty() && endMillis(open.first()) <= clock.millis()) {
      long ended = open.pollFirst();
      if (forming != null && forming.start() == ended) {
        grown = true;
      } else {
        changed.add(ended);
      }
    }
    watchClosing();
    next();
  }

  private long endMillis(long bucket) {
    return timeframe.end(bucket) * 1_000;
  }
}
