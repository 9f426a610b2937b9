package dev.candlewick.ingest.influx;

import dev.candlewick.ingest.decode.RawRow;
import dev.candlewick.ingest.influx.Point.Stamp;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.record.EpochTime;
import dev.candlewick.record.MarketKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The points of one request as rows of trades, quotes and candles, times in nanoseconds. The
 * measurement names the kind and, after a separator, the venue: {@code trades-COINBASE}. Names are
 * ours or cryptofeed's; other tags and fields are ignored, because Telegraf adds some to every
 * line.
 */
final class PointRows {
  /** What cryptofeed calls fields of ours. */
  private static final Map<String, Field> ALIASES =
      Map.of(
          "exchange", Field.VENUE,
          "timestamp", Field.TS,
          "amount", Field.SIZE,
          "trade_id", Field.ID,
          "interval", Field.TIMEFRAME);

  private static final Map<MarketKind, Map<String, Field>> NAMES = new EnumMap<>(MarketKind.class);

  static {
    for (MarketKind kind : MarketKind.values()) {
      Map<String, Field> names = new HashMap<>();
      Field.of(kind).forEach(field -> names.put(field.word, field));
      ALIASES.forEach(
          (alias, field) -> {
            if (names.containsKey(field.word)) {
              names.put(alias, field);
            }
          });
      // The time of a line is its own.
      names.remove(Field.TS.word);
      NAMES.put(kind, names);
    }
  }

  /** What quotes are called beside. */
  private static final String TICKER = "ticker";

  /** When a candle opens and ends; its {@code timestamp} is when the venue reported it. */
  private static final String START = "start";

  private static final String STOP = "stop";

  /** What cryptofeed writes if the venue gives nothing. */
  private static final Set<String> NOTHING = Set.of("", "None");

  private static final int NANO_DIGITS = 9;

  private final Precision precision;
  private final long now;
  private final Map<MarketKind, List<RawRow>> rows = new EnumMap<>(MarketKind.class);
  private final Map<MarketKind, List<Point>> points = new EnumMap<>(MarketKind.class);
  private final Map<Place, Integer> seen = new HashMap<>();

  /** Rows with the same instrument and time; venue, symbol and time as they were written. */
  private record Place(
      MarketKind kind, @Nullable Object venue, @Nullable Object symbol, @Nullable Object ts) {}

  /** {@code now}: the time for lines without one, nanoseconds since the epoch. */
  PointRows(Precision precision, long now) {
    this.precision = precision;
    this.now = now;
  }

  /** The rows so far. */
  Map<MarketKind, List<RawRow>> rows() {
    return rows;
  }

  /** The line that became the row with that kind and index. */
  int line(MarketKind kind, int index) {
    return points.getOrDefault(kind, List.of()).get(index).line();
  }

  /**
   * Adds a point.
   *
   * @throws LineException if it has no known kind, or two of its names mean the same
   */
  void add(Point point) throws LineException {
    MarketKind kind = kind(point);
    RawRow row = new RawRow();
    for (Map.Entry<String, Object> sent : point.values().entrySet()) {
      Field field = of(kind).get(sent.getKey());
      if (field != null && !NOTHING.contains(sent.getValue())) {
        boolean number = field == Field.ID && point.decimals().contains(sent.getKey());
        Object value = sent.getValue();
        put(point, row, field, number ? wholeId((String) value) : value(field, value));
      }
    }
    if (!row.has(Field.VENUE)) {
      row.put(Field.VENUE, venue(kind, point.measurement()));
    }
    long lineTime = point.time() == null ? now : precision.nanos(point.time());
    if (kind == MarketKind.CANDLES) {
      completeCandle(row, point, lineTime);
    }
    if (!row.has(Field.TS)) {
      row.put(Field.TS, lineTime);
    }
    if (kind != MarketKind.CANDLES) {
      identify(kind, row, point);
    }
    rows.computeIfAbsent(kind, first -> new ArrayList<>()).add(row);
    points.computeIfAbsent(kind, first -> new ArrayList<>()).add(point);
  }

  private static MarketKind kind(Point point) throws LineException {
    String measurement = point.measurement();
    if (measurement.startsWith(TICKER)) {
      return MarketKind.QUOTES;
    }
    for (MarketKind kind : MarketKind.values()) {
      if (measurement.startsWith(kind.word())) {
        return kind;
      }
    }
    throw new LineException(
        point.line(),
        "the measurement must begin with trades, ticker, quotes or candles: "
            + Rejection.excerpt(measurement)
            + " is not a declared kind either");
  }

  /** Whether it is a kind's word, and no name of a declared kind. */
  static boolean isMarket(String measurement) {
    return measurement.equals(TICKER) || MarketKind.of(measurement).isPresent();
  }

  private static Map<String, Field> of(MarketKind kind) {
    return NAMES.getOrDefault(kind, Map.of());
  }

  private static void put(Point point, RawRow row, Field field, Object value) throws LineException {
    if (!row.put(field, value)) {
      throw new LineException(
          point.line(), "two tags or fields mean the " + field.name().toLowerCase(Locale.ROOT));
    }
  }

  private static Object value(Field field, Object sent) {
    return switch (field) {
      case TS -> time(sent);
      case SIDE -> sent instanceof String side ? side.toLowerCase(Locale.ROOT) : sent;
      case FLAGS -> sent instanceof String flags ? List.of(flags.split("[ ,|]+")) : sent;
      case CLOSED -> sent instanceof String closed ? truth(closed) : sent;
      default -> sent;
    };
  }

  /** A client with a single number type writes the id 42 as {@code 42.0}. */
  private static Object wholeId(String decimal) {
    try {
      return new BigDecimal(decimal).toBigIntegerExact().toString();
    } catch (ArithmeticException | NumberFormatException notWhole) {
      return decimal;
    }
  }

  private static Object truth(String text) {
    return switch (text) {
      case "true", "True" -> true;
      case "false", "False" -> false;
      default -> text;
    };
  }

  /** Nanoseconds. A number counts seconds, as cryptofeed writes it; other text is RFC 3339. */
  private static Object time(Object sent) {
    if (sent instanceof Stamp stamp) {
      return stamp.nanos();
    }
    if (sent instanceof Long seconds) {
      return Precision.SECOND.nanos(seconds);
    }
    BigDecimal seconds = sent instanceof String text ? EpochTime.number(text) : null;
    if (seconds == null) {
      return sent;
    }
    try {
      return EpochTime.whole(seconds, NANO_DIGITS, RoundingMode.FLOOR);
    } catch (ArithmeticException farAway) {
      return seconds.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** What follows {@code trades}, {@code ticker}, ... and a separator in the measurement. */
  private static @Nullable String venue(MarketKind kind, String measurement) {
    int word = measurement.startsWith(TICKER) ? TICKER.length() : kind.word().length();
    boolean parted =
        measurement.length() > word + 1 && "-_.:".indexOf(measurement.charAt(word)) >= 0;
    return parted ? measurement.substring(word + 1) : null;
  }

  /** A candle that ends after its line was written is a forming one. */
  private static void completeCandle(RawRow row, Point point, long lineTime) {
    Object start = point.values().get(START);
    if (start != null) {
      row.put(Field.TS, time(start));
    }
    Object stop = point.values().get(STOP);
    if (stop != null && !row.has(Field.CLOSED)) {
      row.put(Field.CLOSED, !(time(stop) instanceof Long end && end > lineTime));
    }
  }

  /**
   * A line without an id is identified by its full text: clients that got no answer resend a line
   * unchanged.
   */
  private void identify(MarketKind kind, RawRow row, Point point) {
    Place place =
        new Place(kind, row.value(Field.VENUE), row.value(Field.SYMBOL), row.value(Field.TS));
    int ordinal = seen.merge(place, 1, Integer::sum) - 1;
    row.identifyBy(point.text().getBytes(StandardCharsets.UTF_8), ordinal);
  }
}
