package dev.candlewick.server.candle;

/** Which candles are asked for. */
public enum Source {
  /** The venue's closed candle where there is one, else built from trades, else its forming one. */
  AUTO,
  /** From trades only, as long as they are kept. */
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
