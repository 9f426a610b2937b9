package dev.candlewick.ingest.row;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decimal numbers as records accept them: every digit counts. */
public final class Numeral {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,9})?");

  /** Most characters of a number, in every way in. */
  public static final int LONGEST = 1_000;

  private Numeral() {}

  /** The number; null if the text is not one, or absurdly long. */
  public static @Nullable BigDecimal parse(String text) {
    if (text.length() > LONGEST || !DECIMAL.matcher(text).matches()) {
      return null;
    }
    BigDecimal number = new BigDecimal(text);
    return Math.abs(number.scale()) > LONGEST ? null : number;
  }

  /** Whether the text is a number, however long. */
  public static boolean isNumber(String text) {
    return DECIMAL.matcher(text).matches();
  }

  /** How many digits it takes to write the number out. */
  public static int digits(BigDecimal number) {
    int scale = Math.max(0, number.scale());
    int whole = Math.max(0, number.precision() - number.scale());
    return Math.max(1, number.signum() == 0 ? scale : whole + scale);
  }
}
