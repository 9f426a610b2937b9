package dev.candlewick.server.candle;

/** What goes into buckets without trades between the first and the last candle of an answer. */
public enum Fill {
  /** Nothing: the bucket does not exist. */
  NONE,
  /** A candle of nulls. */
  NULL,
  /** A candle at the previous price, with volume 0. */
  PREVIOUS
}
