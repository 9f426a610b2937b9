package dev.candlewick.client;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * An instrument by its venue's names: {@code binance}, {@code BTCUSDT}. Case is kept.
 *
 * @throws IllegalArgumentException if the server would not accept a name
 */
public record Instrument(String venue, String symbol) {
  private static final Pattern VENUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");

  /** The rule of the wire contract, so that a feed finds out before it sends. */
  private static final Pattern SYMBOL =
      Pattern.compile("[\\p{L}\\p{Nd}^@#$&./_](?: ?[\\p{L}\\p{M}\\p{Nd}._:/=+\\-^&!@#$%~])*");

  private static final int LONGEST = 64;

  public Instrument {
    if (!VENUE.matcher(venue).matches()) {
      throw new IllegalArgumentException("venue \"" + venue + "\" is not " + VENUE);
    }
    if (!isSymbol(symbol)) {
      throw new IllegalArgumentException("symbol \"" + symbol + "\" is not " + SYMBOL);
    }
  }

  private static boolean isSymbol(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST
        && SYMBOL.matcher(text).matches()
        && !text.contains("..")
        && Normalizer.isNormalized(text, Normalizer.Form.NFKC);
  }
}
