package dev.candlewick.ingest.row;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of trades, quotes and candles. */
public enum Field {
  TS,
  VENUE,
  SYMBOL,
  PRICE,
  SIZE,
  SIDE,
  ID,
  FLAGS,
  BID,
  BID_SIZE,
  ASK,
  ASK_SIZE,
  LAST,
  VOLUME_24H,
  TIMEFRAME,
  OPEN,
  HIGH,
  LOW,
  CLOSE,
  VOLUME,
  QUOTE_VOLUME,
  TRADES,
  TAKER_BUY_VOLUME,
  CLOSED,
  ACTION;

  public static final int COUNT = values().length;
  private static final Map<String, Field> BY_WORD = new HashMap<>();

  static {
    for (Field field : values()) {
      BY_WORD.put(field.word, field);
    }
  }

  public final String word = name().toLowerCase(Locale.ROOT);

  public static @Nullable Field of(String word) {
    return BY_WORD.get(word);
  }
}
