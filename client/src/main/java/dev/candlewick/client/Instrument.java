package dev.candlewick.client;

import java.util.regex.Pattern;

/**
 * An instrument, named as its venue names it: {@code binance}, {@code BTCUSDT}. Case is kept.
 *
 * @throws IllegalArgumentException if a name is none that the server takes
 */
public record Instrument(String venue, String symbol) {
  private static final Pattern VENUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");

  /** The server knows the whole rule. */
  private static final Pattern SYMBOL = Pattern.compile("\\S(?:.{0,62}\\S)?");

  public Instrument {
    if (!VENUE.matcher(venue).matches()) {
      throw new IllegalArgumentException("venue \"" + venue + "\" is not " + VENUE);
    }
    if (!SYMBOL.matcher(symbol).matches()) {
      throw new IllegalArgumentException("symbol \"" + symbol + "\" is not " + SYMBOL);
    }
  }
}
