package dev.candlewick.client;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * One simulated instrument. What happens in an hour depends on the seed and the hour alone: each
 * hour has the same number of trades, at times drawn evenly over it, which within the hour looks
 * like a Poisson process and makes ids consecutive for ever: hour * trades per hour + rank.
 */
final class SimulatedInstrument {
  private static final int QUOTES_PER_TRADE = 2;

  /**
   * The properties of an instrument.
   *
   * @param price its approximate price
   * @param tick decimals of a price
   * @param spread ticks between bid and ask
   * @param lot decimals of a size
   * @param size a typical size
   * @param volatility per year, 0.5 for 50 %
   * @param share of all trades of the market
   */
  record Traits(
      String symbol,
      double price,
      int tick,
      int spread,
      int lot,
      double size,
      double volatility,
      double share) {}

  private final Instrument instrument;
  private final Traits traits;
  private final long seed;
  private final RandomWalk walk;
  private final HourOfTimes trades;
  private final HourOfTimes quotes;

  SimulatedInstrument(String venue, Traits traits, long seed, double tradesPerSecond) {
    this.instrument = new Instrument(venue, traits.symbol());
    this.traits = traits;
    this.seed = seed * 31 + traits.symbol().hashCode();
    this.walk = new RandomWalk(this.seed, traits.volatility());
    int perHour = (int) Math.max(1, Math.round(tradesPerSecond * traits.share() * 3_600));
    this.trades = new HourOfTimes(this.seed + 1, perHour);
    this.quotes = new HourOfTimes(this.seed + 2, perHour * QUOTES_PER_TRADE);
  }

  /** The trades from {@code from} to before {@code to}, microseconds since the epoch. */
  void trades(long from, long to, Consumer<RecordedTick> into) {
    trades.each(from, to, (id, micros) -> into.accept(tick(micros, trade(id, micros))));
  }

  /** The quotes, in the same way. */
  void quotes(long from, long to, Consumer<RecordedTick> into) {
    quotes.each(from, to, (id, micros) -> into.accept(tick(micros, quote(id, micros))));
  }

  private RecordedTick tick(long micros, Tick tick) {
    return new RecordedTick(instrument, tick, micros * 1_000);
  }

  private Trade trade(long id, long micros) {
    SplittableRandom random = new SplittableRandom(seed ^ (id * 0x9E3779B97F4A7C15L));
    boolean buy = random.nextBoolean();
    BigDecimal price = buy ? ask(micros) : bid(micros);
    return new Trade(
        micros * 1_000,
        price.toPlainString(),
        size(random),
        buy ? Trade.Side.BUY : Trade.Side.SELL,
        Long.toString(id));
  }

  private Quote quote(long id, long micros) {
    SplittableRandom random = new SplittableRandom(~seed ^ (id * 0x9E3779B97F4A7C15L));
    return new Quote(
        micros * 1_000,
        bid(micros).toPlainString(),
        size(random),
        ask(micros).toPlainString(),
        size(random));
  }

  private BigDecimal bid(long micros) {
    double price = traits.price() * Math.exp(walk.at(micros));
    return BigDecimal.valueOf(price).setScale(traits.tick(), RoundingMode.FLOOR);
  }

  private BigDecimal ask(long micros) {
    return bid(micros).add(BigDecimal.valueOf(traits.spread(), traits.tick()));
  }

  /** Log-normal: many small, few large, never 0. */
  private String size(SplittableRandom random) {
    BigDecimal least = BigDecimal.ONE.movePointLeft(traits.lot());
    double size = traits.size() * Math.exp(random.nextGaussian());
    BigDecimal rounded = BigDecimal.valueOf(size).setScale(traits.lot(), RoundingMode.HALF_UP);
    return rounded.max(least).toPlainString();
  }
}
