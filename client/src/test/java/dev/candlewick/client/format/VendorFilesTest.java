package dev.candlewick.client.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in exactly the form in which their systems write them. */
class VendorFilesTest extends TestFiles {
  @Test
  void readsBinanceKlinesOfBothUnits() throws IOException {
    assertThat(rows(zip("BTCUSDT-1m-2024-01.zip", "BTCUSDT-1m-2024-01.csv", KLINE), Kind.CANDLES))
        .containsExactly(
            "venue:binance symbol:BTCUSDT timeframe:1m {ts:1704067200000000,open:42283.58,"
                + "high:42298.62,low:42261.02,close:42298.61,volume:35.92724,"
                + "quote_volume:1519032.06,trades:1327,taker_buy_volume:23.18766}");
    assertThat(rows(file("BTCUSDT-1mo-2025-01.csv", KLINE_MICROS), Kind.CANDLES).get(0))
        .startsWith("venue:binance symbol:BTCUSDT timeframe:1M {ts:1735689600000000,open:93576.00");
    assertThat(told.get(0)).contains("(BTCUSDT-1m-2024-01.csv): binance candles of binance");
  }

  @Test
  void leavesBaseVolumeOutOfQuoteVolumeOfCoinMarginedKlines() throws IOException {
    assertThat(rows(file("BTCUSD_PERP-1m-2024-01.csv", KLINE), Kind.CANDLES).get(0))
        .contains("symbol:BTCUSD_PERP")
        .doesNotContain("quote_volume");
  }

  @Test
  void readsBinanceTradesAndAggregateTrades() throws IOException {
    assertThat(
            rows(
                file(
                    "BTCUSDT-trades-2024-01-01.csv",
                    "3359998370,42283.58,0.00500,211.4179,1704067200001,True,True\r\n"
                        + "3359998371,42283.59,0.00100,42.28359,1704067200002,False,True\r\n"),
                Kind.TRADES))
        .containsExactly(
            "venue:binance symbol:BTCUSDT"
                + " {ts:1704067200001000,price:42283.58,size:0.00500,side:sell,id:3359998370}",
            "venue:binance symbol:BTCUSDT"
                + " {ts:1704067200002000,price:42283.59,size:0.00100,side:buy,id:3359998371}");
    assertThat(
            rows(
                file(
                    "BTCUSDT-aggTrades-2024-01-01.csv",
                    "2817012431,42283.58,0.005,3359998370,3359998372,1704067200001,true,true\n"),
                Kind.TRADES))
        .containsExactly(
            "venue:binance symbol:BTCUSDT"
                + " {ts:1704067200001000,price:42283.58,size:0.005,side:sell,id:2817012431}");
    assertThat(
            rows(
                file(
                    "BTCUSDT-trades-2024-02.csv",
                    "id,price,qty,quote_qty,time,is_buyer_maker\n"
                        + "1,2.5,3,7.5,1706745600000,false\n"),
                Kind.TRADES))
        .containsExactly(
            "venue:binance symbol:BTCUSDT {ts:1706745600000000,price:2.5,size:3,side:buy,id:1}");
  }

  @Test
  void readsDatabentoCsvOfBothPrices() throws IOException {
    String header = "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n";
    assertThat(
            rows(
                file(
                    "glbx-mdp3-20240102-20240103.ohlcv-1m.csv",
                    header
                        + "1704150000000000000,33,1,5482,2072300000000,2073000000000,2072100000000,2072500000000,57,GCG4\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:GLBX.MDP3 {ts:1704150000000000,open:2072.3,high:2073,low:2072.1,close:2072.5,"
                + "volume:57,symbol:GCG4,timeframe:1m}");
    assertThat(
            rows(
                file(
                    "glbx-mdp3-20240102.ohlcv-1d.csv",
                    header
                        + "2024-01-02T00:00:00.000000000Z,35,1,5482,2072.300000000,2073.000000000,"
                        + "2072.100000000,2072.500000000,57,GCG4\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:GLBX.MDP3 {ts:1704153600000000,open:2072.300000000,high:2073.000000000,"
                + "low:2072.100000000,close:2072.500000000,volume:57,symbol:GCG4,timeframe:1d}");
  }

  @Test
  void keepsDatabentoTradesOfOnePacketApart() throws IOException {
    String row =
        "1704150000000000009,1704150000000000007,0,1,5482,T,%s,0,2072300000000,%d,0,900,77,GCG4\n";
    assertThat(
            rows(
                file(
                    "glbx-mdp3-20240102.trades.csv",
                    "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence,symbol\n"
                        + row.formatted("A", 1)
                        + row.formatted("N", 2)),
                Kind.TRADES))
        .containsExactly(
            "venue:GLBX.MDP3 {ts:1704150000000000,price:2072.3,size:1,side:sell,id:77,symbol:GCG4}",
            "venue:GLBX.MDP3 {ts:1704150000000000,price:2072.3,size:2,id:77.1,symbol:GCG4}");
  }

  @ParameterizedTest
  @CsvSource({"1, 1m", "5, 5m", "15, 15m", "30, 30m", "60, 1h", "240, 4h", "720, 12h", "1440, 1d"})
  void readsTheTimeframeInAKrakenName(String minutes, String timeframe) throws IOException {
    String line = "1704067200,42000.1,42100,41900.5,42050.2,12.5,100\n";
    assertThat(rows(file("XBTUSD_" + minutes + ".csv", line), Kind.CANDLES))
        .singleElement()
        .asString()
        .startsWith("venue:kraken symbol:XBTUSD timeframe:" + timeframe + " {ts:1704067200000000,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ts,open,high,low,close,volume; 0,1704067200000; 7,1704067260000; 1704067260000",
        "timestamp,open,high,low,close,volume; 0,1704067200000; 1,1704067260000; 1704067260000000",
        "open,high,low,close,volume; 2024-01-01 00:00:00; 2024-01-01 00:01:00;"
            + " 2024-01-01T00:01:00Z",
        "open,high,low,close,volume; 1704067200000; 1704067260000; 1704067260000",
      })
  void readsWhatPandasWritesWithItsIndex(String names, String first, String second, String last)
      throws IOException {
    String text = "," + names + "\n" + first + ",1,2,1,2,3\n" + second + ",1,2,1,2,3\n";
    List<String> rows = rows(file("BTC_USDT-1m.csv", text), withVenue("v"));
    assertThat(rows).hasSize(2);
    assertThat(rows.get(1)).endsWith("{ts:" + last + ",open:1,high:2,low:1,close:2,volume:3}");
  }

  @Test
  void readsKraken() throws IOException {
    assertThat(
            rows(
                zip(
                    "Kraken_OHLCVT.zip",
                    "XBTUSD_60.csv",
                    "1381095600,122.0,122.0,122.0,122.0,0.1,1\n",
                    "ETHEUR_1440.csv",
                    "1438905600,3.0,3.0,2.5,2.5,10,2\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:kraken symbol:ETHEUR timeframe:1d"
                + " {ts:1438905600000000,open:3.0,high:3.0,low:2.5,close:2.5,volume:10,trades:2}",
            "venue:kraken symbol:XBTUSD timeframe:1h"
                + " {ts:1381095600000000,open:122.0,high:122.0,low:122.0,close:122.0,volume:0.1,trades:1}");
    assertThat(
            rows(
                file("XBTUSD.csv", "1381095255,122.00000,0.10000000\n1381095255.5,122,0.1\n"),
                Kind.TRADES))
        .containsExactly(
            "venue:kraken symbol:XBTUSD {ts:1381095255000000,price:122.00000,size:0.10000000}",
            "venue:kraken symbol:XBTUSD {ts:1381095255500000,price:122,size:0.1}");
  }

  @Test
  void readsCryptoDataDownload() throws IOException {
    assertThat(
            rows(
                file(
                    "Binance_BTCUSDT_1h.csv",
                    "https://www.CryptoDataDownload.com\n"
                        + "Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount\n"
                        + "1704070800000,2024-01-01"
                        + " 01:00:00,BTCUSDT,42475.23,42775,42431.65,42613.56,1196.37856,50984264.84,47446\n"
                        + "1704067200,2024-01-01"
                        + " 00:00:00,BTCUSDT,42283.58,42554.57,42261.02,42475.23,1271.68108,53957248.97,47134\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:binance timeframe:1h"
                + " {ts:1704070800000000,symbol:BTCUSDT,open:42475.23,high:42775,low:42431.65,close:42613.56,trades:47446,volume:1196.37856,quote_volume:50984264.84}",
            "venue:binance timeframe:1h"
                + " {ts:1704067200000000,symbol:BTCUSDT,open:42283.58,high:42554.57,low:42261.02,close:42475.23,trades:47134,volume:1271.68108,quote_volume:53957248.97}");
    assertThat(
            rows(
                file(
                    "Gemini_BTCUSD_2019_1min.csv",
                    "https://www.CryptoDataDownload.com\r\n"
                        + "Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume\r\n"
                        + "1577836740000,2019-12-31"
                        + " 23:59:00,BTCUSD,7165.9,7165.9,7165.9,7165.9,0\r\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:gemini timeframe:1m"
                + " {ts:1577836740000000,symbol:BTCUSD,open:7165.9,high:7165.9,low:7165.9,close:7165.9,volume:0}");
  }

  @Test
  void readsMassiveByNameSinceTheCloseComesBeforeTheHigh() throws IOException {
    Path minutes = Files.createDirectories(folder.resolve("us_stocks_sip/minute_aggs_v1/2024/01"));
    Path file =
        gzip(
            "2024-01-02.csv.gz",
            "ticker,volume,open,close,high,low,window_start,transactions\n"
                + "A,1200,138.5,138.7,139,138.4,1704205800000000000,31\n");
    Path there = Files.move(file, minutes.resolve("2024-01-02.csv.gz"));
    assertThat(rows(there, Kind.CANDLES))
        .containsExactly(
            "venue:massive timeframe:1m"
                + " {ts:1704205800000000,open:138.5,high:139,low:138.4,close:138.7,volume:1200,trades:31,symbol:A}");
    assertThat(
            rows(
                file(
                    "2024-01-02.csv",
                    "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,sip_timestamp,size,tape,trf_id,trf_timestamp\n"
                        + "A,\"12,37\",0,11,1,1704205800000000100,138.5,1001,1704205800000200000,5,1,0,0\n"),
                Kind.TRADES))
        .containsExactly("venue:massive {ts:1704205800000200,price:138.5,size:5,id:11-1,symbol:A}");
  }

  @Test
  void readsYahooOfThreeAges() throws IOException {
    assertThat(
            rows(
                file(
                    "AAPL.csv",
                    "Date,Open,High,Low,Close,Adj Close,Volume\n"
                        + "2024-01-02,187.15,188.44,183.89,185.64,184.94,82488700\n"
                        + "2024-01-03,null,null,null,null,null,null\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:yahoo symbol:AAPL timeframe:1d"
                + " {ts:1704153600000000,open:187.15,high:188.44,low:183.89,close:185.64,volume:82488700}");
    assertThat(
            rows(
                file(
                    "BTC-USD.csv",
                    "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n"
                        + "2024-01-02"
                        + " 00:00:00-05:00,187.15,188.44,183.89,185.64,82488700,0.0,0.0\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:yahoo symbol:BTC-USD timeframe:1d"
                + " {ts:1704153600000000,open:187.15,high:188.44,low:183.89,close:185.64,volume:82488700}");
    assertThat(
            rows(
                file(
                    "prices.csv",
                    "Price,Close,High,Low,Open,Volume\nTicker,MSFT,MSFT,MSFT,MSFT,MSFT\nDate,,,,,\n"
                        + "2024-01-02,370.87,375.9,366.77,373.86,25258600\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:yahoo symbol:MSFT timeframe:1d"
                + " {ts:1704153600000000,open:373.86,high:375.9,low:366.77,close:370.87,volume:25258600}");
  }

  @Test
  void readsDukascopy() throws IOException {
    assertThat(
            rows(
                file(
                    "EURUSD_Candlestick_1_M_BID_02.01.2024-02.01.2024.csv",
                    "Gmt time,Open,High,Low,Close,Volume\n"
                        + "02.01.2024 00:01:00.000,1.10427,1.10429,1.10425,1.10429,62.33\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:dukascopy symbol:EURUSD timeframe:1m"
                + " {ts:1704153660000000,open:1.10427,high:1.10429,low:1.10425,close:1.10429,volume:62.33}");
    assertThat(
            rows(
                file(
                    "EURUSD_Ticks_02.01.2024-02.01.2024.csv",
                    "Local time,Ask,Bid,AskVolume,BidVolume\n"
                        + "02.01.2024 01:00:00.123 GMT+0100,1.10431,1.10427,0.9,1.8\n"),
                Kind.QUOTES))
        .containsExactly(
            "venue:dukascopy symbol:EURUSD"
                + " {ts:1704153600123000,bid:1.10427,bid_size:1.8,ask:1.10431,ask_size:0.9}");
  }

  @Test
  void readsCcxtWithHolesAndFreqtradesNames() throws IOException {
    assertThat(
            rows(
                file(
                    "BTC_USDT-5m.json",
                    "[[1704067200000,42283.58,42554.57,42261.02,42475.23,1271.68],"
                        + "[1704067500000,null,null,null,null,null]]"),
                withVenue("binance")))
        .containsExactly(
            "venue:binance symbol:BTC/USDT timeframe:5m"
                + " {ts:1704067200000000,open:42283.58,high:42554.57,low:42261.02,close:42475.23,volume:1271.68}");
  }

  @Test
  void readsADayOfMassiveAsItsDateAndAnIndexWithoutVolume() throws IOException {
    Path days = Files.createDirectories(folder.resolve("us_stocks_sip/day_aggs_v1/2025/04"));
    Path file =
        gzip(
            "2025-04-16.csv.gz",
            "ticker,volume,open,close,high,low,window_start,transactions\n"
                + "A,4930,200.29,200.5,200.63,200.29,1744776000000000000,129\n");
    assertThat(rows(Files.move(file, days.resolve("2025-04-16.csv.gz")), Kind.CANDLES).get(0))
        .startsWith("venue:massive timeframe:1d {ts:1744761600000000,open:200.29");
    Path minutes = Files.createDirectories(folder.resolve("us_indices/minute_aggs_v1"));
    Path index =
        file(
            "2025-04-16.csv",
            "ticker,open,close,high,low,window_start\n"
                + "I:SPX,5300.1,5301.2,5302.3,5299.9,1744810200000000000\n");
    assertThat(rows(Files.move(index, minutes.resolve("2025-04-16.csv")), Kind.CANDLES))
        .containsExactly(
            "venue:massive timeframe:1m"
                + " {ts:1744810200000000,open:5300.1,high:5302.3,low:5299.9,close:5301.2,volume:0,symbol:I:SPX}");
    assertThat(
            rows(
                file(
                    "quotes.csv",
                    "Ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,sip_timestamp\n"
                        + "A,12,0,0,11,110.1,2,1744792500000000300\n"),
                Kind.QUOTES))
        .containsExactly(
            "venue:massive {ts:1744792500000000,bid:110.1,bid_size:2,ask_size:0,symbol:A}");
  }

  @Test
  void takesAYahooFileForDaysOnlyIfItsTimesAreDays() throws IOException {
    String header = "Date,Open,High,Low,Close,Volume\n";
    String row = " 09:30:00-05:00,1,2,1,2,3\n";
    assertThat(failure(file("AAPL_1.csv", header + "2024-01-02" + row), withVenue(null)))
        .contains("yahoo: neither columns nor file name tell the timeframe");
    String many = "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume\n";
    String tickers = "Ticker,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT\n";
    assertThat(
            failure(
                file(
                    "two.csv", many + tickers + "Date,,,,,,,,,,\n2024-01-02,1,1,1,1,1,1,1,1,1,1\n"),
                withVenue(null)))
        .contains("yahoo: several tickers side by side");
    assertThat(
            failure(
                file(
                    "f.csv",
                    "date,open,high,low,close,volume\n2024-01-01 00:00:00+00:00,1,2,1,2,3\n"),
                withVenue("binance")))
        .contains("ccxt: neither columns nor file name tell the symbol");
  }

  @Test
  void readsDukascopysOtherExports() throws IOException {
    assertThat(
            rows(
                file(
                    "EURUSD_1 Hour_Bid_2024.01.01_2024.01.02.csv",
                    "Time (UTC),Open,High,Low,Close,Volume \n"
                        + "2024.01.01 22:00:00,1.10427,1.10481,1.10406,1.10467,1148.05\n"),
                Kind.CANDLES))
        .containsExactly(
            "venue:dukascopy symbol:EURUSD timeframe:1h"
                + " {ts:1704146400000000,open:1.10427,high:1.10481,low:1.10406,close:1.10467,volume:1148.05}");
    assertThat(
            rows(
                file(
                    "EURUSD_Ticks_2024.01.01_2024.01.02.csv",
                    "Time (EET),Ask,Bid,AskVolume,BidVolume \n"
                        + "2024.01.02 00:00:00.123,1.10431,1.10427,0.9,1.8\n"),
                Kind.QUOTES))
        .containsExactly(
            "venue:dukascopy symbol:EURUSD"
                + " {ts:1704146400123000,bid:1.10427,bid_size:1.8,ask:1.10431,ask_size:0.9}");
  }

  @Test
  void readsDatabentosSampledQuotesAtTheTimeOfTheSample() throws IOException {
    assertThat(
            rows(
                file(
                    "xnas-itch-20240102.bbo-1s.csv",
                    "ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,sequence,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_ct_00,ask_ct_00,symbol\n"
                        + "2024-01-02T14:30:01.000000000Z,,195,2,38,N,,0,130,1001,185.500000000,185.510000000,100,20,1,1,AAPL\n"),
                Kind.QUOTES))
        .containsExactly(
            "venue:XNAS.ITCH"
                + " {ts:1704205801000000,bid:185.500000000,bid_size:100,ask:185.510000000,ask_size:20,symbol:AAPL}");
  }
}
