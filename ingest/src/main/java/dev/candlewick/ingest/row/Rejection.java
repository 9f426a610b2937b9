package dev.candlewick.ingest.row;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a row was rejected.
 *
 * @param index the row's position in its message
 * @param field the invalid field, if it is one field
 * @param detail a sentence for a person; anything the client sent is cut to 64 characters
 */
public record Rejection(int index, @Nullable String field, Code code, String detail) {
  /**
   * The row codes of the wire contract; {@code REFUSED_BY_DATABASE} is a row that only COPY found
   * to be bad.
   */
  public enum Code {
    MISSING_FIELD,
    BAD_TYPE,
    NOT_FINITE,
    OUT_OF_RANGE,
    BAD_TIMESTAMP,
    TS_OUT_OF_RANGE,
    TS_TOO_OLD,
    BAD_VENUE,
    BAD_SYMBOL,
    BAD_SIDE,
    BAD_TIMEFRAME,
    MISALIGNED_TS,
    OHLC_INCONSISTENT,
    UNKNOWN_FIELD,
    UNKNOWN_KIND,
    TOO_LONG,
    NOT_IN_VALUES,
    FORBIDDEN_BOT,
    UNKNOWN_TRADE,
    REFUSED_BY_DATABASE;

    public final String word = name().toLowerCase(Locale.ROOT);
  }

  /** At most 64 characters of what a client sent, with control characters replaced. */
  public static String excerpt(String text) {
    String cut = text.length() <= 64 ? text : text.substring(0, 64) + "...";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
