package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One instrument's raw rows as a feed might send them, kept in memory: trades with flags, without
 * sides, late, more than one at a time; the venue's own candles, corrected and forming.
 */
final class RawMarket {
  private static final String[] TIMEFRAMES = {"1m", "1m", "1m", "5s", "15s", "5m", "1h", "1d"};

  /** A trade; {@code micros} since the epoch. */
  record Trade(long micros, long id, BigDecimal price, BigDecimal size, int side, int flags) {
    /** A negative id stands for none. */
    boolean hasId() {
      return id >= 0;
    }

    /** From {@link #TEXT} on it stands for a text: such trades are in the order taken. */
    boolean hasNumber() {
      return id >= 0 && id < TEXT;
    }

    Object idAsSent() {
      return hasNumber() ? (Object) id : TEXTS[(int) (id - TEXT)];
    }

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

  /** Ids of trades that are texts; by their hashes they would stand in another order. */
  private static final long TEXT = 1L << 40;

  private static final String[] TEXTS = {"z", "a", "7f", "07", "m m"};

  private static final long DAY = 86_400;
  private static final long HOUR = 3_600;

  private final Random random;
  private final long now;
  private final boolean years;
  private long unnamed;

  /** In the order in which they were taken, those too that were cancelled. */
  private final Map<Key, Trade> trades = new LinkedHashMap<>();

  private final Set<Key> cancelled = new HashSet<>();
  private final Map<Key, Sent> sent = new LinkedHashMap<>();

  /** A few days and long ago; {@code now} in seconds since the epoch. */
  RawMarket(long seed, long now) {
    this(seed, now, false);
  }

  private RawMarket(long seed, long now, boolean years) {
    this.random = new Random(seed);
    this.now = now;
    this.years = years;
  }

  /** Five years, nothing in them younger than two hours. */
  static RawMarket ofYears(long seed, long now) {
    return new RawMarket(seed, now, true);
  }

  List<Trade> trades() {
    return trades.values().stream().filter(trade -> !cancelled.contains(key(trade))).toList();
  }

  private static Key key(Trade trade) {
    return new Key(trade.micros, trade.id);
  }

  /** A trade that is to be corrected, or cancelled. */
  record Amendment(Trade trade, boolean cancels) {}

  /** Corrections and cancels of trades that have an id, some of trades cancelled before. */
  List<Amendment> amend(int count) {
    List<Trade> known = trades.values().stream().filter(Trade::hasId).toList();
    List<Amendment> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Trade old = known.get(random.nextInt(known.size()));
      boolean cancels = random.nextInt(3) > 0;
      Trade other = trade(old.micros / 1_000_000);
      Trade next = new Trade(old.micros, old.id, other.price, other.size, other.side, other.flags);
      batch.add(new Amendment(cancels ? old : next, cancels));
      if (cancels) {
        cancelled.add(key(old));
      } else {
        cancelled.remove(key(old));
        trades.put(key(old), next);
      }
    }
    return batch;
  }

  List<Sent> sent() {
    return List.copyOf(sent.values());
  }

  /** New trades, and some that were sent before. */
  List<Trade> trade(int count) {
    List<Trade> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Trade> known = List.copyOf(trades.values());
      boolean again = !known.isEmpty() && random.nextInt(10) == 0;
      Trade trade = again ? known.get(random.nextInt(known.size())) : trade(time());
      if (!trade.hasId() && again) {
        continue; // it would be another trade
      }
      batch.add(trade);
      trades.putIfAbsent(new Key(trade.micros, trade.id), trade);
    }
    return batch;
  }

  private Trade trade(long second) {
    boolean named = !years || random.nextInt(8) > 0;
    long id = named ? random.nextInt(5) : --unnamed;
    if (years && named && random.nextInt(3) == 0) {
      id += TEXT;
    }
    return new Trade(
        second * 1_000_000 + fraction(),
        id,
        decimal(10_000, 2).subtract(BigDecimal.TEN),
        decimal(100_000, 4),
        random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(2),
        random.nextInt(6) == 0 ? random.nextInt(4) : 0);
  }

  /** Several to a microsecond now and then: open and close are told apart by the id. */
  private int fraction() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> 0;
      case 2 -> 999_998;
      default -> 2 * random.nextInt(500_000);
    };
  }

  /** Candles of the venue, some of them still forming. */
  List<Sent> send(int count) {
    List<Sent> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String timeframe = TIMEFRAMES[random.nextInt(TIMEFRAMES.length)];
      long ts = Timeframe.parse(timeframe).orElseThrow().bucket(time());
      boolean closed = random.nextInt(3) > 0;
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

  /** New trades that are late by {@code least} to {@code most} seconds. */
  List<Trade> tradeLate(int count, int least, int most) {
    List<Trade> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Trade trade = trade(now - least - random.nextInt(most - least));
      batch.add(trade);
      trades.putIfAbsent(new Key(trade.micros, trade.id), trade);
    }
    return batch;
  }

  /**
   * Mostly a few busy hours of three days, the open minute, a little of the future and long ago.
   */
  private long time() {
    return years ? timeOfYears() : timeOfDays();
  }

  /** Edges of buckets, busy hours, days on which clocks change, single days of five years. */
  private long timeOfYears() {
    long today = now - now % DAY;
    return switch (random.nextInt(10)) {
      case 0 -> today - random.nextInt(18) * 4 * HOUR - 2 * HOUR - random.nextInt(2);
      case 1 -> today - random.nextInt(200) * 300 - 2 * HOUR - random.nextInt(2);
      case 2 -> now - 2 * HOUR - random.nextInt(80_000);
      case 3 -> 1_762_041_600 + random.nextInt(200_000); // 2025-11-02, New York
      case 4 -> 1_772_928_000 + random.nextInt(200_000); // 2026-03-08
      case 5 -> now - (1 + random.nextInt(12)) * 150 * DAY - random.nextInt(30_000);
      case 6 -> now - 45 * DAY - random.nextInt(10_000);
      case 7 -> now - 3 * DAY - random.nextInt(60_000);
      default -> now - 10 * DAY - random.nextInt(4_000);
    };
  }

  private long timeOfDays() {
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
