package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.RecordRow;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Rejection.Code;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.record.Symbol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Step 4 of the write path for records: a row as it was written becomes a row of its kind, or is
 * rejected with the field and the reason. One validator serves one message; it does not use the
 * database.
 */
public final class RecordValidator {
  private final DeclaredKind declared;
  private final Kind kind;
  private final Defaults defaults;
  private final TimeBounds bounds;
  private final Set<String> bots;
  private final RecordValues values;
  private int index;

  /** {@code bots}: whose rows may be written; empty = anyone's. */
  public RecordValidator(
      DeclaredKind declared, Defaults defaults, TimeBounds bounds, Set<String> bots) {
    this.declared = declared;
    this.kind = declared.kind();
    this.defaults = defaults;
    this.bounds = bounds;
    this.bots = bots;
    this.values = new RecordValues(defaults.unit());
  }

  /** Sorts the rows: valid ones into {@code good}, the rest into {@code bad}. */
  public void check(List<RawRecord> rows, List<Row> good, List<Rejection> bad) {
    for (index = 0; index < rows.size(); index++) {
      try {
        good.add(row(rows.get(index)));
      } catch (RecordValues.RefusedException e) {
        bad.add(new Rejection(index, e.field, e.code, e.detail()));
      }
    }
  }

  private RecordRow row(RawRecord raw) throws RecordValues.RefusedException {
    if (raw.fault() != null) {
      throw refused(null, Code.BAD_TYPE, raw.fault());
    }
    checkBot(raw);
    if (raw.twice() != null) {
      throw refused(raw.twice(), Code.BAD_TYPE, "given more than once");
    }
    if (raw.unknown() != null) {
      throw refused(
          Rejection.excerpt(raw.unknown()), Code.UNKNOWN_FIELD, "not a field of " + kind.name());
    }
    if (raw.bytes() > Kind.ROW_BYTES) {
      throw refused(null, Code.TOO_LONG, "a row may have " + Kind.ROW_BYTES + " bytes");
    }
    long ts = ts(raw.ts());
    InstrumentKey instrument = instrument(raw);
    List<@Nullable Object> checked = new ArrayList<>(kind.columns().size());
    for (int i = 0; i < kind.columns().size(); i++) {
      Column column = kind.columns().get(i);
      Object value = raw.value(i);
      if (column.type().isInstrument()) {
        checked.add(null);
      } else if (value == null) {
        if (column.required()) {
          throw refused(column.name(), Code.MISSING_FIELD, "is required");
        }
        checked.add(null);
      } else {
        checked.add(values.of(column, value));
      }
    }
    RecordRow row = new RecordRow(declared, instrument, index, ts, checked);
    checkKey(row);
    return row;
  }

  private static RecordValues.RefusedException refused(
      @Nullable String field, Code code, String detail) {
    return new RecordValues.RefusedException(field, code, detail);
  }

  private long ts(@Nullable Object raw) throws RecordValues.RefusedException {
    if (raw == null) {
      throw refused("ts", Code.MISSING_FIELD, "is required");
    }
    long micros = values.timestamp("ts", raw);
    if (micros < 0 || micros > bounds.newest()) {
      throw refused("ts", Code.TS_OUT_OF_RANGE, "before 1970 or more than 1 day in the future");
    }
    if (micros < bounds.oldest(kind.retention())) {
      throw refused("ts", Code.TS_TOO_OLD, "older than what retention keeps");
    }
    return micros;
  }

  /** Null if the kind has no instrument, or the row has none and does not need one. */
  private @Nullable InstrumentKey instrument(RawRecord raw) throws RecordValues.RefusedException {
    if (!kind.hasInstrument()) {
      return null;
    }
    String venue = half(raw, ColumnType.VENUE, defaults.venue());
    String symbol = half(raw, ColumnType.SYMBOL, defaults.symbol());
    boolean required =
        kind.columns().stream().anyMatch(c -> c.type() == ColumnType.VENUE && c.required());
    if (venue == null && symbol == null && !required) {
      return null;
    }
    if (venue == null || symbol == null) {
      ColumnType missing = venue == null ? ColumnType.VENUE : ColumnType.SYMBOL;
      throw refused(name(missing), Code.MISSING_FIELD, "is required");
    }
    if (!RowValidator.VENUE.matcher(venue).matches()) {
      throw refused(
          name(ColumnType.VENUE), Code.BAD_VENUE, "must match " + RowValidator.VENUE.pattern());
    }
    if (!Symbol.isValid(symbol)) {
      throw refused(name(ColumnType.SYMBOL), Code.BAD_SYMBOL, Symbol.RULE);
    }
    return new InstrumentKey(venue, symbol);
  }

  private @Nullable String half(RawRecord raw, ColumnType type, @Nullable String byDefault)
      throws RecordValues.RefusedException {
    for (int i = 0; i < kind.columns().size(); i++) {
      Object value = kind.columns().get(i).type() == type ? raw.value(i) : null;
      if (value instanceof String text) {
        return text;
      }
      if (value != null) {
        throw refused(name(type), Code.BAD_TYPE, "must be a string");
      }
    }
    return byDefault;
  }

  private String name(ColumnType type) {
    return kind.columns().stream()
        .filter(column -> column.type() == type)
        .findAny()
        .map(Column::name)
        .orElseThrow();
  }

  private void checkKey(RecordRow row) throws RecordValues.RefusedException {
    int bytes = 0;
    for (int i = 0; i < kind.columns().size(); i++) {
      if (row.values().get(i) instanceof String text
          && kind.key().contains(kind.columns().get(i).name())) {
        bytes += text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    if (bytes > Kind.KEY_BYTES) {
      throw refused(
          null, Code.TOO_LONG, "the texts of a row's key may have " + Kind.KEY_BYTES + " bytes");
    }
  }

  /**
   * Checked before anything else, because what is wrong with other bots' rows must not be revealed.
   */
  private void checkBot(RawRecord raw) throws RecordValues.RefusedException {
    if (bots.isEmpty()) {
      return;
    }
    for (int i = 0; i < kind.columns().size(); i++) {
      Column column = kind.columns().get(i);
      if (column.name().equals("bot") && column.type() == ColumnType.TEXT) {
        Object bot = raw.value(i);
        // A required column, since it is in the key: if missing it is reported like any other.
        if (bot == null || (bot instanceof String name && bots.contains(name))) {
          return;
        }
      }
    }
    throw refused("bot", Code.FORBIDDEN_BOT, "this API key may not write rows of this bot");
  }
}
