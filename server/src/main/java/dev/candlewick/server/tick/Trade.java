package dev.candlewick.server.tick;

/**
 * A stored trade.
 *
 * @param ts microseconds since the epoch
 * @param side 0 not told, 1 buy, 2 sell (the taker's)
 * @param flags 1 no_price, 2 no_volume, 4 the id is a hash of the venue's text id, 8 the id was
 *     made by the server
 */
public record Trade(long ts, long id, double price, double size, int side, int flags)
    implements Tick {
  static final int NO_PRICE = 1;
  static final int NO_VOLUME = 2;
  static final int HASHED_ID = 4;
  static final int NO_ID = 8;
}
