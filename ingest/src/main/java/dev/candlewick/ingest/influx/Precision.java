package dev.candlewick.ingest.influx;

import java.util.Optional;

/** The unit of a line's time, in the spellings of InfluxDB 1, 2 and 3 and of QuestDB. */
enum Precision {
  NANOSECOND(1),
  MICROSECOND(1_000),
  MILLISECOND(1_000_000),
  SECOND(1_000_000_000),
  MINUTE(60_000_000_000L),
  HOUR(3_600_000_000_000L);

  private final long nanos;

  Precision(long nanos) {
    this.nanos = nanos;
  }

  static Optional<Precision> of(String word) {
    return switch (word) {
      case "ns", "n", "nanosecond" -> Optional.of(NANOSECOND);
      case "us", "u", "µ", "microsecond" -> Optional.of(MICROSECOND);
      case "ms", "millisecond" -> Optional.of(MILLISECOND);
      case "s", "second" -> Optional.of(SECOND);
      case "m" -> Optional.of(MINUTE);
      case "h" -> Optional.of(HOUR);
      default -> Optional.empty();
    };
  }

  /** Nanoseconds; a time that does not fit becomes one that no rule accepts. */
  long nanos(long time) {
    try {
      return Math.multiplyExact(time, nanos);
    } catch (ArithmeticException e) {
      return time < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
