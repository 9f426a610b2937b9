package dev.candlewick.server.binance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.instrument.Instrument;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssetsTest {
  @ParameterizedTest
  @CsvSource({
    "BTCUSDT, , , , BTC, USDT",
    "BTCFDUSD, , , , BTC, FDUSD",
    "ETHBTC, , , , ETH, BTC",
    "BTC-USD, , , , BTC, USD",
    "BTC/EUR, , , , BTC, EUR",
    "GCZ13, , , USD, GCZ13, USD",
    "GCZ13, , , , GCZ13, XXX",
    "USD, , , , USD, XXX",
    "XBTUSD, BTC, , , BTC, USD",
    "PERP, GOLD, USDC, USD, GOLD, USDC",
  })
  void takesMetadataFirstAndTheSymbolOtherwise(
      String symbol, String base, String quote, String currency, String isBase, String isQuote) {
    Instrument instrument =
        new Instrument(
            1,
            "venue",
            symbol,
            new Instrument.Words(base, quote, currency, null, null, null, null),
            new Instrument.Steps(null, null),
            "{}");
    assertThat(Assets.of(instrument)).isEqualTo(new Assets(isBase, isQuote));
  }
}
