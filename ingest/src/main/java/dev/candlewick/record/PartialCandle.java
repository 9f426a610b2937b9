package dev.candlewick.record;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Some of a minute's trades, summarised so that the minute can be built from such parts as if from
 * the trades: {@code market.built_minute} says how. Times are microseconds since the epoch.
 */
public final class PartialCandle {
  private static final int NO_PRICE = 1;
  private static final int NO_VOLUME = 2;
  private static final int BUY = 1;

  /**
   * Number of trades, whether all sides are known, then first and last (ts, taken, id, price),
   * high, low.
   */
  private static final int FIXED_BYTES = 4 + 1 + 10 * 8;

  private boolean forgotten;
  private int trades;
  private boolean sidesTold = true;
  private long firstTs = Long.MAX_VALUE;
  private long firstTaken = Long.MAX_VALUE;
  private long firstId = Long.MAX_VALUE;
  private double open = Double.NaN;
  private long lastTs = Long.MIN_VALUE;
  private long lastTaken = Long.MIN_VALUE;
  private long lastId = Long.MIN_VALUE;
  private double close = Double.NaN;
  private double high = Double.NEGATIVE_INFINITY;
  private double low = Double.POSITIVE_INFINITY;
  private final ExactSum volume = new ExactSum();
  private final ExactSum quoteVolume = new ExactSum();
  private final ExactSum takerBuyVolume = new ExactSum();

  /**
   * Adds a trade, with columns as in {@code market.trades}; {@code taken} is a number, -1 for null,
   * which sorts first.
   */
  public void add(long ts, long taken, long id, double price, double size, int side, int flags) {
    trades++;
    if ((flags & NO_PRICE) == 0) {
      addFirst(ts, taken, id, price);
      addLast(ts, taken, id, price);
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    if ((flags & NO_VOLUME) == 0) {
      sidesTold &= side != 0;
      volume.add(size);
      quoteVolume.addProduct(price, size);
      if (side == BUY) {
        takerBuyVolume.add(size);
      }
    }
  }

  private void addFirst(long ts, long taken, long id, double price) {
    if (compare(ts, taken, id, firstTs, firstTaken, firstId) < 0) {
      firstTs = ts;
      firstTaken = taken;
      firstId = id;
      open = price;
    }
  }

  private void addLast(long ts, long taken, long id, double price) {
    if (compare(ts, taken, id, lastTs, lastTaken, lastId) > 0) {
      lastTs = ts;
      lastTaken = taken;
      lastId = id;
      close = price;
    }
  }

  private static int compare(long ts, long taken, long id, long ts2, long taken2, long id2) {
    if (ts != ts2) {
      return Long.compare(ts, ts2);
    }
    return taken == taken2 ? Long.compare(id, id2) : Long.compare(taken, taken2);
  }

  /** The part, encoded in about 120 bytes. */
  public byte[] packed() {
    byte[][] sums = {
      packed(volume.exact()), packed(quoteVolume.exact()), packed(takerBuyVolume.exact())
    };
    ByteBuffer out =
        ByteBuffer.allocate(FIXED_BYTES + sums[0].length + sums[1].length + sums[2].length);
    out.putInt(trades).put((byte) (sidesTold ? 1 : 0));
    out.putLong(firstTs).putLong(firstTaken).putLong(firstId).putDouble(open);
    out.putLong(lastTs).putLong(lastTaken).putLong(lastId).putDouble(close);
    out.putDouble(high).putDouble(low);
    for (byte[] sum : sums) {
      out.put(sum);
    }
    return out.array();
  }

  /** The part that is encoded next. */
  public static PartialCandle unpacked(ByteBuffer in) {
    PartialCandle part = new PartialCandle();
    part.trades = in.getInt();
    part.sidesTold = in.get() == 1;
    part.addFirst(in.getLong(), in.getLong(), in.getLong(), in.getDouble());
    part.addLast(in.getLong(), in.getLong(), in.getLong(), in.getDouble());
    part.high = in.getDouble();
    part.low = in.getDouble();
    part.volume.add(decimal(in));
    part.quoteVolume.add(decimal(in));
    part.takerBuyVolume.add(decimal(in));
    return part;
  }

  /** Adds the trades of another part of the same minute. */
  public void add(PartialCandle part) {
    trades += part.trades;
    sidesTold &= part.sidesTold;
    addFirst(part.firstTs, part.firstTaken, part.firstId, part.open);
    addLast(part.lastTs, part.lastTaken, part.lastId, part.close);
    high = Math.max(high, part.high);
    low = Math.min(low, part.low);
    volume.add(part.volume.exact());
    quoteVolume.add(part.quoteVolume.exact());
    takerBuyVolume.add(part.takerBuyVolume.exact());
  }

  private static byte[] packed(BigDecimal sum) {
    byte[] digits = sum.unscaledValue().toByteArray();
    return ByteBuffer.allocate(8 + digits.length)
        .putInt(sum.scale())
        .putInt(digits.length)
        .put(digits)
        .array();
  }

  private static BigDecimal decimal(ByteBuffer in) {
    int scale = in.getInt();
    byte[] digits = new byte[in.getInt()];
    in.get(digits);
    return new BigDecimal(new BigInteger(digits), scale);
  }

  /** Invalidates the part: the trades it summarised have changed. */
  public void forget() {
    forgotten = true;
  }

  public boolean isForgotten() {
    return forgotten;
  }

  public int trades() {
    return trades;
  }

  /** Whether any trade has a price: without one there is no candle. */
  public boolean isPriced() {
    return !Double.isNaN(open);
  }

  public double open() {
    return open;
  }

  public double high() {
    return high;
  }

  public double low() {
    return low;
  }

  public double close() {
    return close;
  }

  public double volume() {
    return volume.value();
  }

  public double quoteVolume() {
    return quoteVolume.value();
  }

  /** NaN if a side is unknown. */
  public double takerBuyVolume() {
    return sidesTold ? takerBuyVolume.value() : Double.NaN;
  }
}
