package dev.candlewick.client;

import dev.candlewick.client.SimulatedInstrument.Traits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A simulated market on venue {@code demo}: BTC-USD, ETH-USD, EUR-USD and GOLD.
 *
 * <p>It is a pure function of seed, rate and time. Asked again for the same span, even in another
 * process, it gives the same trades with the same ids and prices; the next span continues where the
 * last ended. So a feed that is restarted can resend the last hours: the server stores no trade
 * twice, and no price jumps. Another seed or rate is another market, and does not continue this
 * one.
 *
 * <p>Not thread-safe.
 */
public final class SimulatedMarket {
  /** The venue's name. */
  public static final String VENUE = "demo";

  private static final List<Traits> TRAITS =
      List.of(
          new Traits("BTC-USD", 61_000, 2, 10, 5, 0.02, 0.6, 0.4),
          new Traits("ETH-USD", 2_650, 2, 4, 4, 0.3, 0.7, 0.3),
          new Traits("EUR-USD", 1.09, 5, 2, 0, 20_000, 0.08, 0.2),
          new Traits("GOLD", 2_430, 1, 1, 0, 3, 0.15, 0.1));

  private final List<SimulatedInstrument> instruments = new ArrayList<>();

  /**
   * A market.
   *
   * @param tradesPerSecond of all instruments together, on average; more than 0, at most 1 000
   */
  public SimulatedMarket(long seed, double tradesPerSecond) {
    if (!(tradesPerSecond > 0 && tradesPerSecond <= 1_000)) {
      throw new IllegalArgumentException("trades per second: " + tradesPerSecond);
    }
    for (Traits traits : TRAITS) {
      instruments.add(new SimulatedInstrument(VENUE, traits, seed, tradesPerSecond));
    }
  }

  /** All trades from {@code from} to before {@code to} (microseconds since the epoch), by time. */
  List<RecordedTick> trades(long from, long to) {
    List<RecordedTick> ticks = new ArrayList<>();
    instruments.forEach(instrument -> instrument.trades(from, to, ticks::add));
    ticks.sort(Comparator.comparingLong(RecordedTick::recorded));
    return ticks;
  }

  /** All changes of best bid and ask, in the same way; about two per trade. */
  List<RecordedTick> quotes(long from, long to) {
    List<RecordedTick> ticks = new ArrayList<>();
    instruments.forEach(instrument -> instrument.quotes(from, to, ticks::add));
    ticks.sort(Comparator.comparingLong(RecordedTick::recorded));
    return ticks;
  }
}
