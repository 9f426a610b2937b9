package dev.candlewick.ingest.row;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a message carries. */
public enum Kind {
  TRADES(
      Trade.FORM,
      Field.TS,
      Field.PRICE,
      Field.SIZE,
      Field.SIDE,
      Field.ID,
      Field.FLAGS,
      Field.ACTION),
  QUOTES(
      Quote.FORM,
      Field.TS,
      Field.BID,
      Field.BID_SIZE,
      Field.ASK,
      Field.ASK_SIZE,
      Field.LAST,
      Field.VOLUME_24H),
  CANDLES(
      Candle.FORM,
      Field.TS,
      Field.TIMEFRAME,
      Field.OPEN,
      Field.HIGH,
      Field.LOW,
      Field.CLOSE,
      Field.VOLUME,
      Field.QUOTE_VOLUME,
      Field.TRADES,
      Field.TAKER_BUY_VOLUME,
      Field.CLOSED),
  /** A declared kind: its columns come from the declaration. */
  RECORDS(new RecordForm());

  /** Fields of other kinds, which a row of this kind must not have. */
  public final List<Field> foreignFields;

  /** How its rows are kept on disk. */
  public final RowForm form;

  Kind(RowForm form, Field... own) {
    this.form = form;
    Set<Field> foreign = EnumSet.complementOf(EnumSet.of(Field.VENUE, Field.SYMBOL));
    foreign.removeAll(Set.of(own));
    foreignFields = List.copyOf(foreign);
  }

  /** Its name on the wire, in metrics and in table names. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Kind> of(String word) {
    for (Kind kind : values()) {
      if (kind.word().equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
