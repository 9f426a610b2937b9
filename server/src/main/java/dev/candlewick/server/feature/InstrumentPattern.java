package dev.candlewick.server.feature;

/** Instruments by name; {@code *} stands for any characters. */
record InstrumentPattern(String venue, String symbol) {
  boolean matches(String itsVenue, String itsSymbol) {
    return fits(venue, itsVenue) && fits(symbol, itsSymbol);
  }

  /** No regular expression, which would try all ways to share a text out between many stars. */
  private static boolean fits(String glob, String text) {
    int at = 0;
    int star = -1;
    int next = 0;
    int i = 0;
    while (i < text.length()) {
      if (at < glob.length() && glob.charAt(at) == '*') {
        star = at++;
        next = i;
      } else if (at < glob.length() && glob.charAt(at) == text.charAt(i)) {
        at++;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++next;
      } else {
        return false;
      }
    }
    return glob.substring(at).chars().allMatch(c -> c == '*');
  }
}
