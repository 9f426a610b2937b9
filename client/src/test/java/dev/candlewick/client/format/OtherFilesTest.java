package dev.candlewick.client.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of others, as they come: without a header, from spreadsheets, with other things beside. */
class OtherFilesTest extends TestFiles {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // MetaTrader 4, HistData, NinjaTrader, FirstRate Data, Kibot: all without a header.
        "2024.07.01,09:30,1,2,0.5,1.5,7 | ts=1+2,open=3,high=4,low=5,close=6,volume=7",
        "20240701 093000;1;2;0.5;1.5;7 | ts=1,open=2,high=3,low=4,close=5,volume=6",
        "2024-07-01 09:30:00,1,2,0.5,1.5,7 | ts=1,open=2,high=3,low=4,close=5,volume=6",
        "07/01/2024,09:30,1,2,0.5,1.5,7 | ts=1+2:mdy,open=3,high=4,low=5,close=6,volume=7",
        // Excel where the comma is the decimal mark.
        "01.07.2024 09:30;1;2;0,5;1,5;7 | ts=1,open=2,high=3,low=4,close=5,volume=6",
      })
  void countsTheColumnsOfAFileWithoutAHeader(String line, String map) throws IOException {
    FileOptions options = options(Kind.CANDLES, "auto", "UTC", FileOptions.map(map));
    FileOptions mapped =
        new FileOptions(
            options.kind(),
            "auto",
            new FileOptions.Given("v", "S", "1m"),
            options.zone(),
            "ms",
            options.map(),
            "",
            "");
    String row = "{ts:1719826200000000,open:1,high:2,low:0.5,close:1.5,volume:7}";
    for (String header : List.of("", "a" + line.replaceAll("[^,;]", "") + "\n")) {
      assertThat(rows(file("a.txt", header + line + "\n" + line + "\n"), mapped))
          .as(header)
          .hasSize(2)
          .allSatisfy(read -> assertThat(read).endsWith(row));
    }
    assertThat(
            failure(
                file("b.txt", line),
                options(Kind.CANDLES, "auto", "UTC", FileOptions.map("ts=9,open=12"))))
        .contains("b.txt: line 1: --map: no column 9 among ");
  }

  @Test
  void saysHowToNameTheColumnsOfAFileWithoutAHeader() throws IOException {
    Map<String, String> map = FileOptions.map("ts=time,price=price");
    assertThat(failure(file("a.csv", "1704067200,1\n"), options(Kind.TRADES, "auto", "UTC", map)))
        .endsWith(
            "a.csv: line 1: --map: no column time among 1704067200,1; without a header they are"
                + " counted: ts=1,price=2");
  }

  @Test
  void takesADecimalCommaOnlyWhereSemicolonsSeparate() throws IOException {
    String header = "\uFEFFts;price;size;venue;symbol\r\n";
    assertThat(rows(file("a.csv", header + "1704067200000;-1,5;2;v;S\r\n"), Kind.TRADES))
        .singleElement()
        .asString()
        .endsWith("{ts:1704067200000,price:-1.5,size:2,venue:v,symbol:S}");
    // There the comma groups thousands.
    assertThat(rows(file("b.csv", header + "1704067200000;1.5;2,000;v;S\r\n"), Kind.TRADES))
        .singleElement()
        .asString()
        .endsWith("{ts:1704067200000,price:1.5,size:2,000,venue:v,symbol:S}");
  }

  @Test
  void readsUtf16AndSaysWhatToDoAboutOtherEncodings() throws IOException {
    String text = "ts\tprice\tsize\tvenue\tsymbol\r\n1704067200000\t1\t2\tv\té\r\n";
    for (Charset charset : List.of(StandardCharsets.UTF_16, Charset.forName("x-UTF-16LE-BOM"))) {
      Path file = Files.write(folder.resolve("a.csv"), text.getBytes(charset));
      assertThat(rows(file, Kind.TRADES)).hasSize(1);
    }
    Path latin = Files.write(folder.resolve("b.csv"), text.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(failure(latin, options(Kind.TRADES, "auto", "UTC", Map.of())))
        .endsWith("b.csv: not UTF-8: save it as UTF-8");
  }

  @Test
  void tellsASpreadsheet() throws IOException {
    Path file = zip("a.xlsx", "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<workbook/>");
    assertThat(failure(file, options(Kind.TRADES, "auto", "UTC", Map.of())))
        .endsWith("a.xlsx: a spreadsheet: save it as CSV");
  }

  @Test
  void takesAColumnByItsOwnCaseFirst() throws IOException {
    Map<String, String> map = FileOptions.map("ts=t,price=p,size=s,symbol=S,venue=x");
    Path file =
        file(
            "a.ndjson",
            "{\"T\":\"t\",\"S\":\"A\",\"p\":1,\"s\":2,\"t\":1704067200000,\"x\":\"v\"}\n");
    assertThat(rows(file, options(Kind.TRADES, "auto", "UTC", map)))
        .containsExactly("{ts:1704067200000000,price:1,size:2,symbol:A,venue:v}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TIMESTAMPTZ_NS", "TIMESTAMP_NS"})
  void cutsNanosecondsOfParquet(String type) throws IOException, SQLException {
    Path file = folder.resolve("a.parquet");
    try (Connection duckdb = Engine.duckdb(List.of(file));
        Statement statement = duckdb.createStatement()) {
      statement.execute(
          "copy (select cast('2024-01-01 00:00:00.123456789' as %s) as ts, 1 as price, 2 as size, 'v' as venue, 'S' as symbol) to '%s'"
              .formatted(type, file));
    }
    Map<String, String> map =
        FileOptions.map("ts=ts,price=price,size=size,venue=venue,symbol=symbol");
    assertThat(rows(file, options(Kind.TRADES, "auto", "UTC", map)))
        .containsExactly("{ts:1704067200123456,price:1,size:2,venue:v,symbol:S}");
  }

  @Test
  void readsASymbolOfAnyScriptInABinanceName() throws IOException {
    assertThat(rows(file("币安人生USDT-1m-2025-11.csv", KLINE), Kind.CANDLES))
        .singleElement()
        .asString()
        .contains("symbol:\\u5e01\\u5b89\\u4eba\\u751fUSDT", "timeframe:1m");
  }

  @Test
  void skipsDatabentosEmptyBooks() throws IOException {
    String header =
        "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_ct_00,ask_ct_00,symbol\n";
    String cleared = "1,1704186000000000000,1,2,7,R,N,0,,0,8,0,0,,,0,0,0,0,A\n";
    String none =
        "1,1704186000000000000,1,2,7,C,B,0,9223372036854775807,0,8,0,1,9223372036854775807,9223372036854775807,0,0,0,0,A\n";
    String book = "1,1704186000000000000,1,2,7,A,B,0,5,0,8,0,1,5.000000000,,1,0,1,0,A\n";
    assertThat(
            rows(file("xnas-itch-20240102.mbp-1.csv", header + cleared + none + book), Kind.QUOTES))
        .singleElement()
        .asString()
        .endsWith("{ts:1704186000000000,bid:5.000000000,bid_size:1,ask_size:0,symbol:A}");
  }

  @Test
  void leavesOutWhatVendorsPutBesideTheirData() throws IOException {
    assertThat(
            rows(
                zip(
                    "GLBX-20240105.zip",
                    "BTCUSDT-1m-2024-01.csv",
                    KLINE,
                    "BTCUSDT-1m-2024-01.zip.CHECKSUM",
                    "0f  BTCUSDT-1m-2024-01.zip",
                    "BTCUSDT-1m-2024-01.txt",
                    "Status report",
                    "condition.json",
                    "[{\"date\":\"2024-01-02\"}]",
                    "metadata.json",
                    "{}",
                    "manifest.json",
                    "{}",
                    "symbology.json",
                    "{}"),
                Kind.CANDLES))
        .hasSize(1);
  }
}
