package dev.candlewick.server.binance;

import dev.candlewick.server.instrument.Instrument;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The base and quote asset of an instrument. */
record Assets(String base, String quote) {
  /** ISO 4217 codes that stand for no currency. */
  private static final String NONE = "XXX";

  /**
   * Quote assets; one that ends with another comes before it. TUSD and BUSD are left out: they
   * would take the last letter of assets traded against dollars, such as ARB and XBT.
   */
  private static final List<String> QUOTES =
      List.of(
          "FDUSD", "USDT", "USDC", "USD1", "USD", "DAI", "EURI", "EUR", "GBP", "JPY", "CHF", "AUD",
          "CAD", "TRY", "BRL", "ARS", "MXN", "ZAR", "PLN", "KRW", "INR", "IDR", "BTC", "ETH", "BNB",
          "SOL", "TRX", "XRP", "DOGE");

  /** From its metadata, else from its symbol: {@code BTCUSDT}, {@code BTC-USD}. */
  static Assets of(Instrument instrument) {
    String symbol = instrument.symbol();
    Optional<Assets> split = split(symbol);
    String currency = instrument.words().currency();
    Assets named = split.orElse(new Assets(symbol, currency == null ? NONE : currency));
    return new Assets(
        either(instrument.words().base(), named.base()),
        either(instrument.words().quote(), named.quote()));
  }

  private static Optional<Assets> split(String symbol) {
    String[] parts = symbol.split("[/_-]", -1);
    if (parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty()) {
      return Optional.of(new Assets(parts[0], parts[1]));
    }
    return QUOTES.stream()
        .filter(quote -> symbol.endsWith(quote) && symbol.length() > quote.length())
        .findFirst()
        .map(quote -> new Assets(symbol.substring(0, symbol.length() - quote.length()), quote));
  }

  private static String either(@Nullable String told, String otherwise) {
    return told == null ? otherwise : told;
  }
}
