package dev.candlewick.client;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trade. Price and size are the venue's own text, never converted to a {@code double}.
 *
 * @param ts nanoseconds since the epoch
 * @param price a decimal; may be zero or negative
 * @param size a decimal, at least 0
 * @param side the taker's; null if unknown
 * @param id the venue's trade id. With one, a resent trade is stored once, whichever stream and
 *     message it comes in; null if the venue has none
 * @param flags what the trade does not count for
 */
public record Trade(
    long ts, String price, String size, @Nullable Side side, @Nullable String id, Set<Flag> flags)
    implements Tick {

  /** The taker's side. */
  public enum Side {
    BUY,
    SELL
  }

  /** What a consolidated tape's sale condition excludes a trade from. */
  public enum Flag {
    /** Not eligible for open, high, low and close. */
    NO_PRICE,
    /** Not eligible for volume. */
    NO_VOLUME
  }

  public Trade {
    flags = Set.copyOf(flags);
  }

  /** A trade that counts for everything. */
  public Trade(long ts, String price, String size, @Nullable Side side, @Nullable String id) {
    this(ts, price, size, side, id, Set.of());
  }
}
