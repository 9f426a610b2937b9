package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Days of real markets in, the venue's own candles out. Parsed and rolled up here a second time, in
 * decimals. Skipped where the data is not there.
 */
class RealDataIT {
  private static final long MINUTE = 60_000;

  private static TestDatabase database;
  private static ServerProcess server;

  /** Open, high, low, close, volume. */
  private record Bar(double open, double high, double low, double close, double volume) {
    Bar with(double price, BigDecimal sum) {
      return new Bar(open, Math.max(high, price), Math.min(low, price), price, sum.doubleValue());
    }
  }

  @BeforeAll
  static void start() {
    assumeThat(Files.isDirectory(MarketData.FOLDER)).as("the data is there").isTrue();
    database = TestDatabase.empty();
    server =
        ServerProcess.on(
            database,
            "RETENTION_TRADES",
            "none",
            "RETENTION_CANDLES_1M",
            "none",
            "RETENTION_CANDLES_5M",
            "none",
            "RETENTION_CANDLES_15M",
            "none",
            "RETENTION_CANDLES_1H",
            "none",
            "RETENTION_CANDLES_4H",
            "none");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Map<Long, Bar> candles(String venue, String symbol, long from, long to) {
    Map<Long, Bar> bars = new TreeMap<>();
    JsonObject answer =
        server.json(
            "/v1/candles?venue=%s&symbol=%s&timeframe=1m&from=%d&to=%d&limit=10000"
                .formatted(venue, symbol, from, to));
    assertThat(answer.getString("next_cursor")).isNull();
    for (Object each : answer.getJsonArray("candles")) {
      JsonObject candle = (JsonObject) each;
      bars.put(
          candle.getLong("ts"),
          new Bar(
              candle.getDouble("open"),
              candle.getDouble("high"),
              candle.getDouble("low"),
              candle.getDouble("close"),
              candle.getDouble("volume")));
    }
    return bars;
  }

  /** How many of the vendor's bars are told exactly so; every bar that is told is a vendor's. */
  private static long equal(Map<Long, Bar> told, Map<Long, Bar> vendor) {
    return vendor.entrySet().stream()
        .filter(bar -> bar.getValue().equals(told.get(bar.getKey())))
        .count();
  }

  private static void postCsv(String kind, String query, String header, List<String> lines) {
    for (int from = 0; from < lines.size(); from += 50_000) {
      List<String> part = lines.subList(from, Math.min(lines.size(), from + 50_000));
      HttpResponse<String> answer =
          server.post(
              "/v1/" + kind + "?" + query,
              "text/csv",
              (header + "\n" + String.join("\n", part)).getBytes(StandardCharsets.UTF_8));
      assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
      assertThat(new JsonObject(answer.body()).getInteger("inserted")).isEqualTo(part.size());
    }
  }

  private static Map<Long, Bar> bars(List<String[]> lines, long midnight, double scale) {
    Map<Long, Bar> bars = new TreeMap<>();
    for (String[] cells : lines) {
      bars.put(
          midnight + Long.parseLong(cells[0]),
          new Bar(
              Double.parseDouble(cells[1]) / scale,
              Double.parseDouble(cells[2]) / scale,
              Double.parseDouble(cells[3]) / scale,
              Double.parseDouble(cells[4]) / scale,
              Double.parseDouble(cells[5])));
    }
    return bars;
  }

  @Test
  void binanceTradesStreamedTwiceAreStoredOnce() {
    List<JsonObject> trades = MarketData.binanceTrades("btcusdt");
    assertThat(trades).hasSize(9_757);
    for (String stream : List.of("binance-1", "binance-2")) {
      long duplicates = stream(stream, trades);
      assertThat(duplicates).isEqualTo(stream.equals("binance-1") ? 0 : 9_757);
      assertThat(
              database.text(
                  """
                  select count(*) || ' ' || max(trade_id) - min(trade_id) + 1 from market.trades
                  join market.instruments on id = instrument_id where symbol = 'BTCUSDT'
                  """))
          .isEqualTo("9757 9757");
    }
    long from = trades.get(0).getLong("ts") / MINUTE * MINUTE;
    Map<Long, Bar> expected = rollUp(trades);
    assertThat(candles("binance", "BTCUSDT", from, from + 600_000)).isEqualTo(expected);
    // The same once more after the roll-up, from what is stored.
    ServerProcess.await(
        "rolled up",
        Duration.ofSeconds(20),
        () -> database.number("select count(*) from ingest.dirty") == 0);
    assertThat(candles("binance", "BTCUSDT", from, from + 600_000)).isEqualTo(expected);
  }

  private static long stream(String name, List<JsonObject> trades) {
    long duplicates = 0;
    try (IngestSocket feed = server.feed(name)) {
      int seq = 0;
      for (int from = 0; from < trades.size(); from += 500) {
        List<JsonObject> rows = trades.subList(from, Math.min(trades.size(), from + 500));
        feed.say(Messages.trades(++seq, "BTCUSDT", rows));
      }
      JsonObject ack;
      do {
        ack = feed.expect("ack");
        assertThat(ack.getJsonArray("rejected")).isEmpty();
        duplicates += ack.getLong("duplicates");
      } while (ack.getLong("committed") < seq);
    }
    return duplicates;
  }

  private static Map<Long, Bar> rollUp(List<JsonObject> trades) {
    Map<Long, Bar> bars = new TreeMap<>();
    Map<Long, BigDecimal> volumes = new TreeMap<>();
    for (JsonObject trade : trades) {
      long minute = trade.getLong("ts") / MINUTE * MINUTE;
      double price = Double.parseDouble(trade.getString("price"));
      BigDecimal volume =
          volumes.merge(minute, new BigDecimal(trade.getString("size")), BigDecimal::add);
      bars.merge(
          minute,
          new Bar(price, price, price, price, volume.doubleValue()),
          (bar, first) -> bar.with(price, volume));
    }
    return bars;
  }

  @Test
  void comexTradesMakeTheVendorsMinutes() {
    long midnight = Instant.parse("2013-10-07T00:00:00Z").toEpochMilli();
    List<String> rows = new ArrayList<>();
    for (String[] cells : MarketData.zipped("comex-gc-20131007-trades.zip", "201312")) {
      if (!cells[2].equals("0")) {
        rows.add(midnight + Long.parseLong(cells[0]) + "," + cells[1] + "," + cells[2]);
      }
    }
    postCsv("trades", "venue=COMEX&symbol=GCZ13", "ts,price,size", rows);
    Map<Long, Bar> vendor =
        bars(MarketData.zipped("comex-gc-20131007-candles-1m.zip", "201312"), midnight, 1);
    assertThat(vendor).hasSize(1_314);
    Map<Long, Bar> told = candles("COMEX", "GCZ13", midnight, midnight + 86_400_000);
    assertThat(equal(told, vendor)).isEqualTo(1_311);
  }

  @Test
  void coinbaseSecondsMakeTheVenuesMinutes() {
    long midnight = Instant.parse("2016-10-07T00:00:00Z").toEpochMilli();
    List<String> rows = new ArrayList<>();
    for (String[] cells : MarketData.zipped("coinbase-btcusd-20161007-candles-1s.zip", "second")) {
      cells[0] = Long.toString(midnight + Long.parseLong(cells[0]));
      rows.add(String.join(",", cells));
    }
    postCsv(
        "candles",
        "venue=coinbase&symbol=BTC-USD&timeframe=1s",
        "ts,open,high,low,close,volume",
        rows);
    Map<Long, Bar> vendor =
        bars(MarketData.zipped("coinbase-btcusd-20161007-candles-1m.zip", "minute"), midnight, 1);
    assertThat(vendor).hasSize(1_419);
    Map<Long, Bar> told = candles("coinbase", "BTC-USD", midnight, midnight + 86_400_000);
    assertThat(told).isEqualTo(vendor);
  }

  @Test
  void spyTradesMakeTheVendorsMinutes() {
    // Sale conditions that count for volume but not for price.
    Set<String> noPrice = Set.of("20", "20000020", "20100000", "20100200");
    long midnight = Instant.parse("2013-10-07T00:00:00-04:00").toEpochMilli();
    List<String> rows = new ArrayList<>();
    for (String[] cells : MarketData.zipped("us-spy-20131007-trades.zip", "Trade")) {
      String price = BigDecimal.valueOf(Long.parseLong(cells[1]), 4).toPlainString();
      String flags = noPrice.contains(cells[4]) ? "no_price" : "";
      rows.add(midnight + Long.parseLong(cells[0]) + "," + price + "," + cells[2] + "," + flags);
    }
    postCsv("trades", "venue=US&symbol=SPY", "ts,price,size,flags", rows);
    Map<Long, Bar> vendor =
        bars(MarketData.zipped("us-spy-20131007-candles-1m.zip", "minute"), midnight, 10_000);
    assertThat(vendor).hasSize(828);
    Map<Long, Bar> told = candles("US", "SPY", midnight, midnight + 86_400_000);
    assertThat(equal(told, vendor)).isGreaterThanOrEqualTo(825);
    JsonArray first =
        server
            .json("/v1/trades?venue=US&symbol=SPY&from=%d&limit=1".formatted(midnight))
            .getJsonArray("trades");
    assertThat(first.getJsonObject(0).getDouble("price")).isEqualTo(167.41);
  }
}
