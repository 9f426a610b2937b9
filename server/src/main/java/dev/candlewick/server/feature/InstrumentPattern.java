package dev.candlewick.server.feature;

import java.util.regex.Pattern;

/** Instruments by name; {@code *} stands for any characters. */
record InstrumentPattern(String venue, String symbol) {
  boolean matches(String itsVenue, String itsSymbol) {
    return glob(venue).matcher(itsVenue).matches() && glob(symbol).matcher(itsSymbol).matches();
  }

  private static Pattern glob(String text) {
    StringBuilder pattern = new StringBuilder();
    for (String part : text.split("\\*", -1)) {
      pattern.append(pattern.length() == 0 ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL);
  }
}
