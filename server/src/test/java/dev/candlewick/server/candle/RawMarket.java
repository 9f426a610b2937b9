package dev.candlewick.server.candle;

import dev.candlewick.Timeframe;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One instrument's raw rows as a feed might send them, kept in memory: trades with flags, without
 * sides, late, more than one at a time; the venue's own candles, corrected and forming.
 */
final class RawMarket {
  private static final String[] TIMEFRAMES = {"1m", "1m", "1m", "5s", "15s", "5m", "1h", "1d"};

  /** A trade; {@code micros} since the epoch. */
  record Trade(long micros, long id, BigDecimal price, BigDecimal size, int side, int flags) {
    boolean counts(int flag) {
      return (flags & flag) == 0;
    }
  }

  /** A candle that the venue sent; {@code ts} in seconds. */
  record Sent(
      String timeframe,
      long ts,
      BigDecimal price,
      BigDecimal volume,
      BigDecimal quoteVolume,
      boolean counted,
      boolean closed) {
    BigDecimal high() {
      return price.add(BigDecimal.ONE);
    }

    BigDecimal low() {
      return price.subtract(BigDecimal.ONE);
    }
  }

  private record Key(Object first, Object second) {}

  private final Random random;
  private final long now;
  private final Map<Key, Trade> trades = new LinkedHashMap<>();
  private final Map<Key, Sent> sent = new LinkedHashMap<>();

  /** {@code now} in seconds since the epoch. */
  RawMarket(long seed, long now) {
    this.random = new Random(seed);
    this.now = now;
  }

  List<Trade> trades() {
    return List.copyOf(trades.values());
  }

  List<Sent> sent() {
    return List.copyOf(sent.values());
  }

  /** New trades, and some that were sent before. */
  List<Trade> trade(int count) {
    List<Trade> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Trade> known = trades();
      boolean again = !known.isEmpty() && random.nextInt(10) == 0;
      Trade trade = again ? known.get(random.nextInt(known.size())) : trade();
      batch.add(trade);
      trades.putIfAbsent(new Key(trade.micros, trade.id), trade);
    }
    return batch;
  }

  private Trade trade() {
    // Three to a microsecond now and then: open and close are told apart by the id.
    long micros = time() * 1_000_000 + (random.nextInt(4) == 0 ? 0 : random.nextInt(1_000_000));
    return new Trade(
        micros,
        random.nextInt(5),
        decimal(10_000, 2).subtract(BigDecimal.TEN),
        decimal(100_000, 4),
        random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(2),
        random.nextInt(6) == 0 ? random.nextInt(4) : 0);
  }

  /** Candles of the venue; {@code forming} says whether some are still forming. */
  List<Sent> send(int count, boolean forming) {
    List<Sent> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String timeframe = TIMEFRAMES[random.nextInt(TIMEFRAMES.length)];
      long ts = Timeframe.parse(timeframe).orElseThrow().bucket(time());
      boolean closed = !forming || random.nextInt(3) > 0;
      boolean counted = random.nextInt(3) > 0;
      Sent candle =
          new Sent(
              timeframe,
              ts,
              decimal(10_000, 2),
              decimal(90_000, 3),
              decimal(1_000_000, 5),
              counted,
              closed);
      batch.add(candle);
      sent.merge(
          new Key(timeframe, ts), candle, (old, next) -> next.closed || !old.closed ? next : old);
    }
    return batch;
  }

  /**
   * Mostly a few busy hours of three days, the open minute, a little of the future and long ago.
   */
  private long time() {
    return switch (random.nextInt(8)) {
      case 0 -> now - random.nextInt(240);
      case 1 -> now + random.nextInt(150);
      case 2 -> now - 40 * 86_400L + random.nextInt(7_200);
      case 3 -> now - 86_400 - random.nextInt(86_400);
      default -> now - 3 * 86_400L * random.nextInt(2) - random.nextInt(20_000);
    };
  }

  private BigDecimal decimal(int bound, int digits) {
    return BigDecimal.valueOf(random.nextInt(bound), digits);
  }
}
