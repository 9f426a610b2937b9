package dev.candlewick.indicator;

/** A candle as indicators see it. */
public interface Bar {
  /** When it starts, seconds since the epoch. */
  long ts();

  double open();

  double high();

  double low();

  double close();

  double volume();
}
