package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.Quote;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Rejection.Code;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.row.TradeIds;
import dev.candlewick.record.MarketKind;
import dev.candlewick.record.Symbol;
import dev.candlewick.record.Timeframe;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Step 4 of the write path: a row as it was written becomes a trade, a quote or a candle, or is
 * rejected with the field and the reason. One validator serves one message; it does not use the
 * database.
 */
public final class RowValidator {
  static final Pattern VENUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");
  private static final long DAY = 86_400_000_000L;
  private static final Timeframe MINUTE = Timeframe.ofSeconds(60);

  /**
   * Names known to be valid, which never changes: with one trade per message, checking them again
   * would take a sixth of the event loop's time.
   */
  private static final Set<InstrumentKey> VALID = ConcurrentHashMap.newKeySet();

  private static final int MOST_VALID = 10_000;

  private final MarketKind kind;
  private final Defaults defaults;
  private final TimeBounds bounds;
  private final RowFields fields;
  private InstrumentKey lastInstrument = new InstrumentKey("", "");
  private @Nullable String lastTimeframeText;
  private Timeframe lastTimeframe = MINUTE;

  public RowValidator(MarketKind kind, Defaults defaults, TimeBounds bounds) {
    this.kind = kind;
    this.defaults = defaults;
    this.bounds = bounds;
    this.fields = new RowFields(kind);
  }

  /** Sorts the rows: valid ones into {@code good}, the rest into {@code bad}. */
  public void check(List<RawRow> rows, List<Row> good, List<Rejection> bad) {
    for (int index = 0; index < rows.size(); index++) {
      fields.turnTo(rows.get(index), index);
      Row row =
          switch (kind) {
            case TRADES -> trade();
            case QUOTES -> quote();
            case CANDLES -> candle();
          };
      Rejection rejection = fields.rejection();
      if (rejection == null) {
        good.add(row);
      } else {
        bad.add(rejection);
      }
    }
  }

  private Trade trade() {
    InstrumentKey instrument = instrument();
    long ts = ts(bounds.retention().trades(), MINUTE);
    Trade.Action action = fields.action();
    if (action == Trade.Action.CANCEL) {
      TradeIds.Id id = fields.cancelledId();
      short flags = (short) id.flags();
      return new Trade(
          instrument, fields.index(), ts, 0, 0, (short) 0, flags, id.number(), id.text(), action);
    }
    double price = fields.number(Field.PRICE);
    double size = fields.notNegative(Field.SIZE);
    int flags = fields.flags();
    TradeIds.Id id = fields.id();
    return new Trade(
        instrument,
        fields.index(),
        ts,
        price,
        size,
        fields.side(),
        (short) (flags | id.flags()),
        id.number(),
        id.text(),
        action);
  }

  private Quote quote() {
    InstrumentKey instrument = instrument();
    long ts = ts(bounds.retention().quotes(), MINUTE);
    Double bid = fields.optional(Field.BID);
    Double ask = fields.optional(Field.ASK);
    if (bid == null && ask == null) {
      fields.refuse(Field.BID, Code.MISSING_FIELD, "bid or ask is required");
    }
    return new Quote(
        instrument,
        fields.index(),
        ts,
        fields.contentId(),
        bid,
        fields.optionalNotNegative(Field.BID_SIZE),
        ask,
        fields.optionalNotNegative(Field.ASK_SIZE),
        fields.optional(Field.LAST),
        fields.optionalNotNegative(Field.VOLUME_24H));
  }

  private Candle candle() {
    InstrumentKey instrument = instrument();
    Timeframe timeframe = timeframe();
    long ts = ts(bounds.retention().candles(timeframe.longestSeconds()), timeframe);
    boolean inUtc = timeframe.bucket(Math.floorDiv(ts, 1_000_000L)) * 1_000_000L == ts;
    // For whole days the database decides: they may start at another midnight.
    if (!inUtc && !timeframe.isOfDays()) {
      fields.refuse(
          Field.TS, Code.MISALIGNED_TS, "not the open time of a " + timeframe.text() + " candle");
    }
    double open = fields.number(Field.OPEN);
    double high = fields.number(Field.HIGH);
    double low = fields.number(Field.LOW);
    double close = fields.number(Field.CLOSE);
    if (low > Math.min(open, close) || high < Math.max(open, close)) {
      fields.refuseRow(Code.OHLC_INCONSISTENT, "low <= open, close <= high is required");
    }
    return new Candle(
        instrument,
        fields.index(),
        timeframe,
        ts,
        open,
        high,
        low,
        close,
        fields.notNegative(Field.VOLUME),
        fields.optional(Field.QUOTE_VOLUME),
        fields.optionalCount(Field.TRADES),
        fields.optionalNotNegative(Field.TAKER_BUY_VOLUME),
        fields.optionalTruth(Field.CLOSED, true));
  }

  private InstrumentKey instrument() {
    String venue = fields.text(Field.VENUE, defaults.venue());
    String symbol = fields.text(Field.SYMBOL, defaults.symbol());
    if (venue.equals(lastInstrument.venue()) && symbol.equals(lastInstrument.symbol())) {
      return lastInstrument;
    }
    InstrumentKey named = new InstrumentKey(venue, symbol);
    if (VALID.contains(named)) {
      lastInstrument = named;
    } else if (!VENUE.matcher(venue).matches()) {
      fields.refuse(Field.VENUE, Code.BAD_VENUE, "must match " + VENUE.pattern());
    } else if (!Symbol.isValid(symbol)) {
      fields.refuse(Field.SYMBOL, Code.BAD_SYMBOL, Symbol.RULE);
    } else {
      lastInstrument = named;
      remember(named);
    }
    return lastInstrument;
  }

  private static void remember(InstrumentKey valid) {
    if (VALID.size() >= MOST_VALID) {
      VALID.clear();
    }
    VALID.add(valid);
  }

  private Timeframe timeframe() {
    String text = fields.text(Field.TIMEFRAME, defaults.timeframe());
    if (!text.equals(lastTimeframeText)) {
      Optional<Timeframe> timeframe = Timeframe.parse(text);
      if (timeframe.isEmpty()) {
        fields.refuse(Field.TIMEFRAME, Code.BAD_TIMEFRAME, "must be like 1s, 5m, 1h, 1d, 1w, 1M");
        return MINUTE;
      }
      lastTimeframe = timeframe.get();
      lastTimeframeText = text;
    }
    return lastTimeframe;
  }

  /** Usually the result of a wrong unit. */
  private void refuseTime(Object raw, String where) {
    String unit = defaults.unit().name().toLowerCase(Locale.ROOT);
    fields.refuse(
        Field.TS,
        Code.TS_OUT_OF_RANGE,
        raw instanceof String ? where : "read in the unit " + unit + " it lies " + where);
  }

  private long ts(Duration keep, Timeframe timeframe) {
    Object raw = fields.raw(Field.TS);
    if (raw == null) {
      fields.refuse(Field.TS, Code.MISSING_FIELD, "ts is required");
      return 0;
    }
    try {
      long micros = Timestamps.micros(raw, defaults.unit());
      LocalDate earliest = TimeBounds.earliest(timeframe);
      if (micros > bounds.newest()) {
        refuseTime(raw, "more than 1 day in the future");
        return 0;
      }
      if (Math.floorDiv(micros, DAY) < earliest.toEpochDay()) {
        refuseTime(raw, "before " + earliest);
        return 0;
      }
      if (micros < bounds.oldest(keep)) {
        fields.refuse(Field.TS, Code.TS_TOO_OLD, "older than what retention keeps");
      }
      return micros;
    } catch (IllegalArgumentException e) {
      fields.refuse(Field.TS, Code.BAD_TIMESTAMP, String.valueOf(e.getMessage()));
    } catch (ArithmeticException e) {
      fields.refuse(Field.TS, Code.TS_OUT_OF_RANGE, "too far from 1970 to be in this unit");
    }
    return 0;
  }
}
