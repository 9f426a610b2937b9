package dev.candlewick.server.binance;

import dev.candlewick.record.Timeframe;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;

/**
 * The length of a kline.
 *
 * @param text one of Binance's words
 * @param offset of the clock at whose midnight it starts
 */
record Interval(String text, Timeframe timeframe, ZoneOffset offset) {
  private static final Set<String> WORDS =
      Set.of(
          "1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d",
          "1w", "1M");

  static Interval of(String text, ZoneOffset offset) {
    if (!WORDS.contains(text)) {
      throw BinanceException.badInterval();
    }
    Timeframe timeframe = Timeframe.parse(text).orElseThrow(BinanceException::badInterval);
    return new Interval(text, timeframe, offset);
  }

  /** Whether it starts when it does in UTC, as every hour does in Europe. */
  boolean isUtc() {
    long seconds = offset.getTotalSeconds();
    return timeframe.months() == 0 ? seconds % timeframe.seconds() == 0 : seconds == 0;
  }

  /** Where the kline that starts at this second ends, exclusive. */
  long end(long start) {
    if (timeframe.months() == 0) {
      return start + timeframe.seconds();
    }
    LocalDateTime first = LocalDateTime.ofInstant(Instant.ofEpochSecond(start), offset);
    return first.plusMonths(timeframe.months()).toEpochSecond(offset);
  }
}
