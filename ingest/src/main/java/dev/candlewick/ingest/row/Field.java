package dev.candlewick.ingest.row;

import dev.candlewick.record.MarketKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of trades, quotes and candles, as {@link MarketKind} declares them. */
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

  private static final Map<MarketKind, List<Field>> OF_KIND = new EnumMap<>(MarketKind.class);
  private static final Map<MarketKind, List<Field>> FOREIGN = new EnumMap<>(MarketKind.class);

  static {
    for (MarketKind kind : MarketKind.values()) {
      List<Field> own = new ArrayList<>(List.of(values()));
      own.removeIf(field -> !kind.sent().contains(field.word));
      List<Field> foreign = new ArrayList<>(List.of(values()));
      foreign.removeAll(own);
      OF_KIND.put(kind, List.copyOf(own));
      FOREIGN.put(kind, List.copyOf(foreign));
    }
  }

  public final String word = name().toLowerCase(Locale.ROOT);

  /** The fields that a row of the kind may have. */
  public static List<Field> of(MarketKind kind) {
    return OF_KIND.getOrDefault(kind, List.of());
  }

  /** The fields of other kinds: a row of this kind must not have them. */
  public static List<Field> foreignTo(MarketKind kind) {
    return FOREIGN.getOrDefault(kind, List.of());
  }

  public static @Nullable Field of(String word) {
    return BY_WORD.get(word);
  }
}
