package dev.candlewick.record;

import java.text.Normalizer;
import java.util.regex.Pattern;

/** A venue's name for what it trades: {@code BTCUSDT}, {@code ^GSPC}, {@code 币安人生USDT}. */
public final class Symbol {
  /** The rule in words, for whoever sent something else. */
  public static final String RULE =
      "must have 1 to 64 characters: a letter, a digit or one of ^ @ # $ & . / _ first, then"
          + " letters, marks, digits, . _ : / = + - ^ & ! @ # $ % ~ and single spaces within; no"
          + " two dots in a row, and no character that Unicode's NFKC would change";

  private static final int LONGEST = 64;
  private static final Pattern FORM =
      Pattern.compile("[\\p{L}\\p{Nd}^@#$&./_](?: ?[\\p{L}\\p{M}\\p{Nd}._:/=+\\-^&!@#$%~])*");

  private Symbol() {}

  /** Whether the text is a symbol. Nothing is trimmed or case-folded. */
  public static boolean isValid(String text) {
    return !text.isEmpty()
        && text.length() <= 2 * LONGEST
        && text.codePointCount(0, text.length()) <= LONGEST
        && FORM.matcher(text).matches()
        && !text.contains("..")
        && Normalizer.isNormalized(text, Normalizer.Form.NFKC);
  }
}
