package dev.candlewick.server.tick;

import org.jspecify.annotations.Nullable;

/**
 * A stored trade.
 *
 * @param ts microseconds since the epoch
 * @param side 0 not told, 1 buy, 2 sell (the taker's)
 * @param flags 1 no_price, 2 no_volume, 4 the id is a hash of the venue's text id, 8 the id was
 *     made by the server, 16 the id is an unsigned number, 32 cancelled, 64 corrected
 * @param place -1 where trades of one ts are in order by their ids alone, behind those a number
 *     that grows in the order in which they were taken
 * @param text the venue's text id, where it was kept
 */
public record Trade(
    long ts,
    long id,
    double price,
    double size,
    int side,
    int flags,
    long place,
    @Nullable String text)
    implements Tick {
  static final int NO_PRICE = 1;
  static final int NO_VOLUME = 2;
  static final int HASHED_ID = 4;
  static final int NO_ID = 8;
  static final int UNSIGNED_ID = 16;
  static final int CANCELLED = 32;
  static final int CORRECTED = 64;

  /** Whether its id is the venue's integer; else the server made it. */
  public boolean hasIntegerId() {
    return (flags & (HASHED_ID | NO_ID)) == 0;
  }

  /** Whether its id is an integer from 2^63 on, of which {@code id} holds the bits. */
  public boolean hasUnsignedId() {
    return (flags & UNSIGNED_ID) != 0;
  }

  /** The trade is no more; told once to who follows live. */
  public boolean isCancelled() {
    return (flags & CANCELLED) != 0;
  }

  /** Price, size, side or flags are not those that came first. */
  public boolean isCorrected() {
    return (flags & CORRECTED) != 0;
  }
}
