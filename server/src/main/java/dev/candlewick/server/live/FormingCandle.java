package dev.candlewick.server.live;

import dev.candlewick.record.PartialCandle;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.tick.LiveTickRepository;
import dev.candlewick.server.tick.TickMoment;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open candle of very many trades. They are read once, as of some moment; after that only those
 * of later commits are, and are added to them. The sums are exact, so it is always the candle that
 * the database would make of the same trades. One that was corrected or cancelled cannot be taken
 * out of the sums again: then the candle has to be read anew.
 */
final class FormingCandle {
  /** The most trades in one read. */
  private static final int MOST = 10_000;

  private static final int MOST_PENDING = 20_000;

  /** With fewer trades, reading a candle anew costs next to nothing. */
  private static final int MANY_TRADES = 200;

  /** The longest candle, in seconds, that is made of trades and not of shorter ones. */
  private static final long OF_TRADES = 60;

  private final int instrument;
  private final LiveTickRepository<Trade> repository;
  private final long start;
  private final PartialCandle trades = new PartialCandle();
  private List<Key> pending = new ArrayList<>();
  private @Nullable Moment moment;

  private record Key(long transaction, long ts, long id) implements LiveTickRepository.Key {}

  /** Nothing is known of its trades yet; {@code start} in seconds since the epoch. */
  FormingCandle(int instrument, LiveTickRepository<Trade> repository, long start) {
    this.instrument = instrument;
    this.repository = repository;
    this.start = start;
  }

  /** Whether a candle that was just read is of this sort, and made of nothing but trades. */
  static boolean suits(Candle read, Timeframe timeframe) {
    return !read.closed()
        && read.origin() == Candle.Origin.BUILT
        && read.trades() >= MANY_TRADES
        && timeframe.longestSeconds() <= OF_TRADES;
  }

  long start() {
    return start;
  }

  /** A transaction has committed this trade; false if too many wait. */
  boolean committed(long transaction, long ts, long id) {
    pending.add(new Key(transaction, ts, id));
    return pending.size() <= MOST_PENDING;
  }

  /** Reads its trades, in a range of microseconds; false if they are too many. */
  Future<Boolean> begin(Range range) {
    return repository.moment(instrument, range, MOST + 1).map(this::begin);
  }

  private boolean begin(TickMoment<Trade> all) {
    moment = Moment.parse(all.moment());
    all.rows().forEach(this::sum);
    return all.rows().size() <= MOST;
  }

  /** Reads the new trades; false if one of them is not new or is gone. */
  Future<Boolean> grow() {
    Moment seen = moment;
    List<Key> news =
        pending.stream().filter(key -> seen == null || !seen.sees(key.transaction())).toList();
    List<Key> keys = news.subList(0, Math.min(MOST, news.size()));
    pending = new ArrayList<>(news.subList(keys.size(), news.size()));
    if (keys.isEmpty()) {
      return Future.succeededFuture(true);
    }
    boolean isWhole = pending.isEmpty();
    List<Trade> read = new ArrayList<>(keys.size());
    return repository
        .find(instrument, keys, (place, trade) -> read.add(trade))
        .compose(
            found -> {
              read.forEach(this::sum);
              boolean areNew = read.size() == keys.size() && read.stream().allMatch(this::isNew);
              // What one transaction committed is shown as a whole.
              return areNew && !isWhole ? grow() : Future.succeededFuture(areNew);
            });
  }

  private boolean isNew(Trade trade) {
    return !trade.isCorrected() && !trade.isCancelled();
  }

  private void sum(Trade trade) {
    trades.add(
        trade.ts(),
        trade.place(),
        trade.id(),
        trade.price(),
        trade.size(),
        trade.side(),
        trade.flags());
  }

  Candle candle(boolean closed) {
    return new Candle(
        start,
        trades.open(),
        trades.high(),
        trades.low(),
        trades.close(),
        trades.volume(),
        trades.quoteVolume(),
        trades.trades(),
        trades.takerBuyVolume(),
        closed,
        Candle.Origin.BUILT,
        false);
  }
}
