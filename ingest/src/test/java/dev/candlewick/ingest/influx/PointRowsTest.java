package dev.candlewick.ingest.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.ingest.decode.RawRow;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.record.MarketKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class PointRowsTest {
  private static final long NOW = 1_700_000_000_000_000_001L;

  private static Map<MarketKind, List<RawRow>> rows(String lines, Precision precision)
      throws LineException {
    PointRows rows = new PointRows(precision, NOW);
    for (Point point : LineProtocol.parse(lines)) {
      rows.add(point);
    }
    return rows.rows();
  }

  private static Arguments line(String line, MarketKind kind, Object... fieldsAndValues) {
    Map<Field, Object> row = new TreeMap<>();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      row.put((Field) fieldsAndValues[i], fieldsAndValues[i + 1]);
    }
    return Arguments.of(line, kind, row);
  }

  /** As cryptofeed's backends for InfluxDB and QuestDB write them, and in our own names. */
  static final List<Arguments> LINES =
      List.of(
          line(
              "trades-COINBASE,symbol=BTC-USD side=\"buy\",price=61715.9,amount=0.002,id=\"42\","
                  + "type=\"None\",timestamp=1723075200.123456,receipt_timestamp=1723075200.2 9",
              MarketKind.TRADES,
              Field.VENUE,
              "COINBASE",
              Field.SYMBOL,
              "BTC-USD",
              Field.SIDE,
              "buy",
              Field.PRICE,
              "61715.9",
              Field.SIZE,
              "0.002",
              Field.ID,
              "42",
              Field.TS,
              1_723_075_200_123_456_000L),
          line(
              "trades-KRAKEN,symbol=BTC-USD,side=sell,type=limit price=1.5,amount=2.0,id=7i,"
                  + "receipt_timestamp=1723075200000000t 1723075200123456789",
              MarketKind.TRADES,
              Field.VENUE,
              "KRAKEN",
              Field.SYMBOL,
              "BTC-USD",
              Field.SIDE,
              "sell",
              Field.PRICE,
              "1.5",
              Field.SIZE,
              "2.0",
              Field.ID,
              7L,
              Field.TS,
              1_723_075_200_123_456_789L),
          line(
              "trades,venue=x,symbol=Y,host=h price=1i,size=2i,trade_id=\"a\",side=\"SELL\","
                  + "flags=\"no_price no_volume\" 5",
              MarketKind.TRADES,
              Field.VENUE,
              "x",
              Field.SYMBOL,
              "Y",
              Field.PRICE,
              1L,
              Field.SIZE,
              2L,
              Field.ID,
              "a",
              Field.SIDE,
              "sell",
              Field.FLAGS,
              List.of("no_price", "no_volume"),
              Field.TS,
              5L),
          line(
              "trades-A,symbol=Y price=1,size=2,id=\"None\",side=\"\"",
              MarketKind.TRADES,
              Field.VENUE,
              "A",
              Field.SYMBOL,
              "Y",
              Field.PRICE,
              "1",
              Field.SIZE,
              "2",
              Field.TS,
              NOW),
          line(
              "ticker-BINANCE,symbol=Y bid=1.0,ask=2.0,timestamp=1723075200123456t 9",
              MarketKind.QUOTES,
              Field.VENUE,
              "BINANCE",
              Field.SYMBOL,
              "Y",
              Field.BID,
              "1.0",
              Field.ASK,
              "2.0",
              Field.TS,
              1_723_075_200_123_456_000L),
          line(
              "quotes_x.1,symbol=Y bid=1,bid_size=2,ask=3,ask_size=4,last=5,volume_24h=6 9",
              MarketKind.QUOTES,
              Field.VENUE,
              "x.1",
              Field.SYMBOL,
              "Y",
              Field.BID,
              "1",
              Field.BID_SIZE,
              "2",
              Field.ASK,
              "3",
              Field.ASK_SIZE,
              "4",
              Field.LAST,
              "5",
              Field.VOLUME_24H,
              "6",
              Field.TS,
              9L),
          line(
              "candles-X,symbol=Y,interval=1m"
                  + " start=1723075200.0,stop=1723075259.999,trades=12,open=1,close=2,high=3,low=0.5,volume=9,timestamp=1723075260.5"
                  + " 1723075260600000000",
              MarketKind.CANDLES,
              Field.VENUE,
              "X",
              Field.SYMBOL,
              "Y",
              Field.TIMEFRAME,
              "1m",
              Field.OPEN,
              "1",
              Field.HIGH,
              "3",
              Field.LOW,
              "0.5",
              Field.CLOSE,
              "2",
              Field.VOLUME,
              "9",
              Field.TRADES,
              "12",
              Field.CLOSED,
              true,
              Field.TS,
              1_723_075_200_000_000_000L),
          line(
              "candles-X,symbol=Y stop=1723075259.999,timeframe=\"1m\" 1723075230000000000",
              MarketKind.CANDLES,
              Field.VENUE,
              "X",
              Field.SYMBOL,
              "Y",
              Field.TIMEFRAME,
              "1m",
              Field.CLOSED,
              false,
              Field.TS,
              1_723_075_230_000_000_000L),
          line(
              "trades-X timestamp=99999999999.5 7",
              MarketKind.TRADES,
              Field.VENUE,
              "X",
              Field.TS,
              Long.MAX_VALUE),
          line(
              "candles-X,symbol=Y,closed=True stop=9999999999 60",
              MarketKind.CANDLES,
              Field.VENUE,
              "X",
              Field.SYMBOL,
              "Y",
              Field.CLOSED,
              true,
              Field.TS,
              60L));

  @ParameterizedTest
  @FieldSource("LINES")
  void readsTheFieldsOfEachKind(String line, MarketKind kind, Map<Field, Object> expected)
      throws LineException {
    RawRow row = rows(line, Precision.NANOSECOND).getOrDefault(kind, List.of()).get(0);
    Map<Field, Object> read = new TreeMap<>();
    Arrays.stream(Field.values())
        .filter(field -> row.value(field) != null)
        .forEach(field -> read.put(field, row.value(field)));
    assertThat(read).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1.795805280E9, 1795805280000000000",
    "1.795805280123456789e9, 1795805280123456789",
    "1795805280.5, 1795805280500000000",
    "1795805280i, 1795805280000000000",
    "1e99, 9223372036854775807",
    "1e-99, 0"
  })
  void takesSecondsHoweverTheyAreWritten(String written, long nanos) throws LineException {
    String line = "trades-X,symbol=Y price=1,size=1,timestamp=" + written + " 7";
    RawRow row = rows(line, Precision.NANOSECOND).getOrDefault(MarketKind.TRADES, List.of()).get(0);
    assertThat(row.value(Field.TS)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({
    "ns, 1723075200123456789, 1723075200123456789",
    "n, 1723075200123456789, 1723075200123456789",
    "us, 1723075200123456, 1723075200123456000",
    "u, 1723075200123456, 1723075200123456000",
    "µ, 1723075200123456, 1723075200123456000",
    "ms, 1723075200123, 1723075200123000000",
    "s, 1723075200, 1723075200000000000",
    "m, 28717920, 1723075200000000000",
    "h, 478632, 1723075200000000000",
    "nanosecond, 7, 7",
    "microsecond, 7, 7000",
    "millisecond, 7, 7000000",
    "second, 7, 7000000000",
    "s, 9223372036854775807, 9223372036854775807",
    "s, -9223372036854775808, -9223372036854775808",
  })
  void countsTimesInThePrecision(String word, long time, long nanos) throws LineException {
    String line = "trades-X,symbol=Y price=1,size=1 " + time;
    RawRow row =
        rows(line, Precision.of(word).orElseThrow())
            .getOrDefault(MarketKind.TRADES, List.of())
            .get(0);
    assertThat(row.value(Field.TS)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cpu,host=a usage=1        | the measurement must begin with trades, ticker, quotes or"
            + " candles: cpu is not a declared kind either",
        "book-X,symbol=Y bid=1     | the measurement must begin with trades, ticker, quotes or"
            + " candles: book-X is not a declared kind either",
        "trades-X size=1,amount=1  | two tags or fields mean the size",
        "trades-X id=1,trade_id=1  | two tags or fields mean the id",
      })
  void refusesWhatIsOfNoKind(String line, String detail) {
    assertThatThrownBy(() -> rows("\n" + line, Precision.NANOSECOND))
        .hasMessage("line 2: " + detail);
  }

  @ParameterizedTest
  @CsvSource({"trades", "tradesX", "trades-", "tickers-X", "candles"})
  void takesNoVenueFromAMeasurementWithoutOne(String measurement) throws LineException {
    Map<MarketKind, List<RawRow>> rows = rows(measurement + ",symbol=Y f=1", Precision.SECOND);
    assertThat(rows.values().iterator().next().get(0).value(Field.VENUE)).isNull();
  }

  @Test
  void knowsTheLineOfEachRow() throws LineException {
    PointRows rows = new PointRows(Precision.SECOND, NOW);
    for (Point point :
        LineProtocol.parse("trades-X f=1\n#\nticker-X f=1\ntrades-X f=2\ncandles-X f=1")) {
      rows.add(point);
    }
    assertThat(rows.line(MarketKind.TRADES, 1)).isEqualTo(4);
    assertThat(rows.line(MarketKind.QUOTES, 0)).isEqualTo(3);
    assertThat(rows.line(MarketKind.CANDLES, 0)).isEqualTo(5);
  }
}
