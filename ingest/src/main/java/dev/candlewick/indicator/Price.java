package dev.candlewick.indicator;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which of a candle's values an indicator uses as the price. */
enum Price {
  OPEN,
  HIGH,
  LOW,
  CLOSE,
  VOLUME,
  /** The midpoint of high and low. */
  HL2,
  /** The typical price. */
  HLC3,
  OHLC4;

  double of(Bar bar) {
    return switch (this) {
      case OPEN -> bar.open();
      case HIGH -> bar.high();
      case LOW -> bar.low();
      case CLOSE -> bar.close();
      case VOLUME -> bar.volume();
      case HL2 -> (bar.high() + bar.low()) / 2;
      case HLC3 -> (bar.high() + bar.low() + bar.close()) / 3;
      case OHLC4 -> (bar.open() + bar.high() + bar.low() + bar.close()) / 4;
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Price> named(String word) {
    return Arrays.stream(values()).filter(price -> price.word().equals(word)).findFirst();
  }
}
