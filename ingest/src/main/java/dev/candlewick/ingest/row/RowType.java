package dev.candlewick.ingest.row;

import dev.candlewick.record.MarketKind;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What kind of rows a message carries, as its {@code t} says. */
public enum RowType {
  TRADES(MarketKind.TRADES, Trade.FORM),
  QUOTES(MarketKind.QUOTES, Quote.FORM),
  CANDLES(MarketKind.CANDLES, Candle.FORM),
  /** Rows of a declared kind; the message names it. */
  RECORDS(null, new RecordForm());

  /** The kind of the rows; null for records. */
  public final @Nullable MarketKind market;

  /** How its rows are kept on disk. */
  public final RowForm form;

  RowType(@Nullable MarketKind market, RowForm form) {
    this.market = market;
    this.form = form;
  }

  /** The type of a kind's rows. */
  public static RowType of(MarketKind kind) {
    for (RowType type : values()) {
      if (type.market == kind) {
        return type;
      }
    }
    throw new IllegalStateException("no rows of " + kind);
  }

  /** The type with that word. */
  public static Optional<RowType> of(String word) {
    for (RowType type : values()) {
      if (type.word().equals(word)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The word for it on the wire and in metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
