package dev.candlewick.server.candle;

/** Which candles are requested. */
public enum Source {
  /**
   * The venue's closed candle if there is one, else one built from trades, else the venue's forming
   * one.
   */
  AUTO,
  /** From trades only, while they are kept. */
  BUILT,
  /** The venue's own only. */
  NATIVE;

  /** Whether a part of a minute or less counts. */
  boolean takes(Part part) {
    return switch (this) {
      case AUTO -> true;
      case BUILT -> part.source() == Part.BUILT;
      case NATIVE -> !part.has(Part.BUILT);
    };
  }
}
