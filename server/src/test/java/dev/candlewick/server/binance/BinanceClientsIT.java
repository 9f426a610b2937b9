package dev.candlewick.server.binance;

import dev.candlewick.server.NodeClients;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.latest.LatestRepository;
import dev.candlewick.server.tick.TickRepository;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unmodified clients of Binance, of which only the base URL is set. */
class BinanceClientsIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();

  private static TestServer server;

  @BeforeAll
  static void listen() {
    NodeClients.install();
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              Clock clock = Clock.systemUTC();
              InstrumentRepository instruments = new InstrumentRepository(pool);
              Candles candles = new Candles(new CandleRepository(pool), clock);
              LatestRepository latest = new LatestRepository(pool);
              Prices prices = new Prices(instruments, latest, candles);
              Tickers tickers = new Tickers(instruments, latest, candles, clock);
              new BinanceHandler(
                      "binance",
                      instruments,
                      new Klines(candles, new TakerQuoteRepository(pool)),
                      new BinanceHandler.Trades(
                          new TickRepository(pool), new TradeIdRepository(pool)),
                      prices,
                      tickers,
                      new BookRepository(pool),
                      clock)
                  .mount(router);
            });
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into market.instruments (venue, symbol, tick_size, lot_size) values
          ('binance', 'BTCUSDT', 0.01, 0.00001), ('binance', 'ETHBTC', null, null),
          ('kraken', 'XRPUSD', null, null);
        insert into market.trades values
          (1, '2024-03-01T12:00:00.000250Z', 11, 63000.5, 0.1, 1, 0),
          (1, '2024-03-01T12:00:00.001750Z', 12, 63001, 0.25, 2, 0),
          (1, '2024-03-01T12:00:01Z', 13, 63002, 2, 1, 0);
        insert into market.quotes values
          (1, '2024-03-01T12:00:01Z', 1, 63001.5, 2, 63002.5, 3, null, null);
        insert into market.candles_1m
        select 1, timestamptz '2024-03-01T12:00:00Z' + n * interval '1 minute',
               n, n + 0.5, n, n + 0.25, 1.5, 3, 7, 0.5, 2
        from generate_series(0, 24) n;
        insert into ingest.dirty (level, bucket, ids)
        select 300, timestamptz '2024-03-01T12:00:00Z' + n * interval '5 minutes', array[1]
        from generate_series(0, 4) n;
        """);
  }

  @AfterAll
  static void close() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ccxt-rest.js", "binance-api-node-rest.js"})
  void reads(String script) {
    NodeClients.run(script, server.url());
  }
}
