package dev.candlewick.client.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives, binary forms and databases, and what goes wrong with files. */
class FileFormsTest extends TestFiles {
  @Test
  void readsBinanceKlinesWithAHeaderAlsoInMidFile() throws IOException {
    String header =
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
            + "taker_buy_quote_volume,ignore\n";
    Path file = file("ETHUSDT-1h-2024-01.csv", "\uFEFF" + header + KLINE + header + KLINE);
    assertThat(rows(file, Kind.CANDLES)).hasSize(2);
  }

  @Test
  void readsDbnWithTheSymbolOfTheDay() throws IOException {
    Path file = folder.resolve("gc.dbn");
    Files.write(file, dbn(1, 0x21));
    assertThat(rows(file, Kind.CANDLES))
        .containsExactly(
            "{ts:1704150000000000,open:2072.3,high:2073,low:2072.1,close:2072.5,volume:57,"
                + "symbol:GCG4,venue:GLBX.MDP3,timeframe:1m}",
            "{ts:1704322800000000,open:2072.3,high:2073,low:2072.1,close:2072.5,volume:57,"
                + "symbol:GCJ4,venue:GLBX.MDP3,timeframe:1m}");
    byte[] third = dbn(3, 0x21);
    Files.write(file, third);
    assertThat(rows(file, Kind.CANDLES)).hasSize(2);
    Files.write(file, java.util.Arrays.copyOf(third, third.length - 7));
    assertThat(failure(file, options(Kind.CANDLES, "auto", "UTC", Map.of())))
        .contains("gc.dbn: record 2: the file ends within a record");
  }

  @Test
  void readsDbnThatWasAskedForByInstrumentId() throws IOException {
    String asked = new String(dbn(2, 0x21), StandardCharsets.ISO_8859_1);
    String turned = asked.replaceAll("(?s)(GC[GJ]4)(.*?)5482", "5482$2$1");
    Path file = Files.write(folder.resolve("gc.dbn"), turned.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(rows(file, Kind.CANDLES))
        .satisfiesExactly(
            first -> assertThat(first).contains("symbol:GCG4"),
            second -> assertThat(second).contains("symbol:GCJ4"));
  }

  @Test
  void saysThatDbnHasOnlyRecordsThatAreNotRead() throws IOException {
    Path file = Files.write(folder.resolve("gc.dbn"), dbn(2, 10));
    assertThat(failure(file, options(Kind.QUOTES, "auto", "UTC", Map.of())))
        .endsWith("gc.dbn: DBN with records of type 10, not of candles, trades or best quotes");
  }

  private static byte[] dbn(int version, int type) {
    int symbol = version == 1 ? 22 : 71;
    ByteBuffer head = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    head.put("DBN".getBytes(StandardCharsets.US_ASCII)).put((byte) version).putInt(0);
    head.put(padded("GLBX.MDP3", 16)).putShort((short) 6).putLong(0).putLong(0).putLong(0);
    if (version == 1) {
      head.putLong(2);
    }
    head.put((byte) 1).put((byte) 0).put((byte) 0);
    if (version > 1) {
      head.putShort((short) symbol);
    }
    head.put(new byte[version == 1 ? 47 : 53]).putInt(0);
    head.putInt(1).put(padded("GC.c.0", symbol)).putInt(0).putInt(0);
    head.putInt(2);
    head.put(padded("GCG4", symbol))
        .putInt(1)
        .putInt(20240101)
        .putInt(20240103)
        .put(padded("5482", symbol));
    head.put(padded("GCJ4", symbol))
        .putInt(1)
        .putInt(20240103)
        .putInt(20240201)
        .put(padded("5482", symbol));
    while (head.position() % 8 != 0) {
      head.put((byte) 0);
    }
    head.putInt(4, head.position() - 8);
    for (long ts : new long[] {1704150000000000000L, 1704322800000000000L}) {
      head.put((byte) 14).put((byte) type).putShort((short) 1).putInt(5482).putLong(ts);
      head.putLong(2072300000000L)
          .putLong(2073000000000L)
          .putLong(2072100000000L)
          .putLong(2072500000000L);
      head.putLong(57);
    }
    byte[] bytes = new byte[head.position()];
    head.flip().get(bytes);
    return bytes;
  }

  private static byte[] padded(String text, int length) {
    return java.util.Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), length);
  }

  @Test
  void takesTimesWithoutAZoneInTheGivenOne() throws IOException {
    Path file =
        file(
            "a.csv",
            "ts,price,size\n2024-07-01 09:30:00.25,1,2\n2024-07-01T09:30:00Z,1,2\n7,1,2\n");
    assertThat(rows(file, options(Kind.TRADES, "candlewick", "America/New_York", Map.of())))
        .containsExactly(
            "unit:ms {ts:2024-07-01T13:30:00.250Z,price:1,size:2}",
            "unit:ms {ts:2024-07-01T09:30:00Z,price:1,size:2}",
            "unit:ms {ts:7,price:1,size:2}");
  }

  /** Taken for the first of the two, an hour of candles would replace the hour before. */
  @ParameterizedTest
  @ValueSource(strings = {"2024-11-03 01:30:00", "2024-11-03T01:30", "03.11.2024 01:30:00.000"})
  void refusesATimeThatOccursTwiceInItsZone(String time) throws IOException {
    Map<String, String> map = FileOptions.map("ts=t,price=p,size=s,venue=x,symbol=y");
    FileOptions newYork = options(Kind.TRADES, "auto", "America/New_York", map);
    assertThat(failure(file("a.csv", "t,p,s,x,y\n" + time + ",1,2,v,S\n"), newYork))
        .contains("a.csv: line 2: ts: 2024-11-03T01:30 occurs twice in America/New_York");
    assertThat(rows(file("b.csv", "t,p,s,x,y\n2024-11-03 01:30:00-05:00,1,2,v,S\n"), newYork))
        .containsExactly("{ts:1730615400000000,price:1,size:2,venue:v,symbol:S}");
    FileOptions havana = options(Kind.TRADES, "auto", "America/Havana", map);
    assertThat(rows(file("c.csv", "t,p,s,x,y\n2024-11-03,1,2,v,S\n"), havana))
        .containsExactly("{ts:1730606400000000,price:1,size:2,venue:v,symbol:S}");
  }

  @Test
  void readsWhatIsMapped() throws IOException {
    Map<String, String> map =
        FileOptions.map("ts=when:s,open=o,high=h,low=l,close=c,venue=x,symbol=y,timeframe=z");
    assertThat(
            rows(
                file("a.csv", "when;o;h;l;c;x;y;z\n01.07.2024 09:30:00;1;2;0.5;.5;v;S;1m\n"),
                options(Kind.CANDLES, "auto", "America/New_York", map)))
        .containsExactly(
            "{ts:1719840600000000,open:1,high:2,low:0.5,close:0.5,venue:v,symbol:S,timeframe:1m}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024.07.01\t09:30",
        "2024.07.01\t09:30:00",
        "20240701\t0930",
        "20240701\t093000",
        "01.07.2024\t9:30",
      })
  void readsADayAndItsTimeInTwoColumnsAsMetaTraderWritesThem(String time) throws IOException {
    String header =
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n";
    String map = "ts=<DATE>+<TIME>,open=<OPEN>,high=<HIGH>,low=<LOW>,close=<CLOSE>";
    Path file = file("a.csv", header + time + "\t1\t2\t0.5\t1.5\t7\t0\t3\r\n");
    FileOptions mapped =
        new FileOptions(
            Kind.CANDLES,
            "auto",
            new FileOptions.Given("mt", "GOLD", "1m"),
            ZoneId.of("America/New_York"),
            "ms",
            FileOptions.map(map),
            "",
            "");
    assertThat(rows(file, mapped))
        .singleElement()
        .asString()
        .contains("{ts:1719840600000000,open:1,high:2,low:0.5,close:1.5}");
    assertThat(
            failure(
                file,
                options(
                    Kind.CANDLES, "auto", "UTC", FileOptions.map("ts=<DATE>+when,open=<OPEN>"))))
        .contains("--map: no column when among <DATE>,<TIME>,");
  }

  @Test
  void readsParquetAndDatabases() throws IOException, SQLException {
    Path file = folder.resolve("BTCUSDT-1m-2024-01.parquet");
    try (Connection duckdb = Engine.duckdb(List.of(file));
        Statement statement = duckdb.createStatement()) {
      statement.execute(
          ("copy (select timestamptz '2024-01-01 00:00:00Z' as ts, 'v' as venue, 'S' as symbol,"
                  + " '1m' as timeframe, 0.1::double as open, 3::decimal(9,2) as high, 1e-9::double as"
                  + " low, 2 as close, 9::bigint as volume) to '%s' (format parquet)")
              .formatted(file));
    }
    assertThat(rows(file, Kind.CANDLES))
        .containsExactly(
            "unit:ms"
                + " {ts:2024-01-01T00:00:00.000000Z,venue:v,symbol:S,timeframe:1m,open:0.1,high:3.00,low:1e-09,close:2,volume:9}");
    Path sqlite = folder.resolve("bot.sqlite");
    try (Connection made = java.sql.DriverManager.getConnection("jdbc:sqlite:" + sqlite);
        Statement statement = made.createStatement()) {
      statement.execute("create table c (timestamp integer, o real, x text)");
      statement.execute("insert into c values (1704067200, 0.1234567890123456, 'é')");
    }
    FileOptions mapped =
        new FileOptions(
            Kind.TRADES,
            "auto",
            new FileOptions.Given("v", null, null),
            ZoneId.of("UTC"),
            "ms",
            FileOptions.map("ts=timestamp:s,price=o,size=o,symbol=x"),
            "c",
            "");
    assertThat(rows(sqlite, mapped))
        .containsExactly(
            "venue:v"
                + " {ts:1704067200000000,price:0.1234567890123456,size:0.1234567890123456,symbol:\\u00e9}");
  }

  @Test
  void readsGzipOfSeveralMembersAndZipsOfMany() throws IOException {
    assertThat(rows(gzip("BTCUSDT-1m-2024-01.csv.gz", KLINE, KLINE, KLINE), Kind.CANDLES))
        .hasSize(3);
    assertThat(
            rows(
                zip(
                    "all.zip",
                    "A/ETHUSDT-1m-2024-01.csv",
                    KLINE,
                    "A/BTCUSDT-1m-2024-01.csv",
                    KLINE + KLINE),
                Kind.CANDLES))
        .hasSize(3)
        .element(0)
        .asString()
        .contains("BTCUSDT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "\u001f\u008b\b", "\0"})
  void readsNothingOfGzipThatIsFollowedByAnythingElse(String tail) throws IOException {
    Path file = gzip("BTCUSDT-1m-2024-01.csv.gz", KLINE, KLINE);
    Files.write(file, tail.getBytes(StandardCharsets.ISO_8859_1), StandardOpenOption.APPEND);
    assertThat(failure(file, options(Kind.CANDLES, "auto", "UTC", Map.of())))
        .contains("BTCUSDT-1m-2024-01.csv.gz", "gzip");
  }

  @Test
  void tellsAWrongFormatByNameAndLine() throws IOException {
    Path file = file("BTCUSDT-1m-2024-01.csv", KLINE);
    assertThat(failure(file, options(Kind.CANDLES, "kraken", "UTC", Map.of())))
        .contains("BTCUSDT-1m-2024-01.csv: line 1: not kraken: 1704067200000,42283.58");
    assertThat(failure(file, options(Kind.TRADES, "auto", "UTC", Map.of())))
        .contains("line 1: binance candles, not trades");
    assertThat(failure(file("x.csv", "a,b\n1,2\n"), options(Kind.TRADES, "auto", "UTC", Map.of())))
        .contains(
            "x.csv: line 1: column \"a\": not a field of trades, or twice; of no other known");
  }

  @Test
  void tellsAHalfLineAndAnEmptyFile() throws IOException {
    Path half = file("BTCUSDT-1m-2024-01.csv", KLINE + KLINE.substring(0, 40));
    assertThat(failure(half, options(Kind.CANDLES, "auto", "UTC", Map.of())))
        .contains("BTCUSDT-1m-2024-01.csv: line 2: 4 columns, not 12");
    assertThat(failure(file("e.csv", ""), options(Kind.CANDLES, "auto", "UTC", Map.of())))
        .contains("e.csv: empty");
    Path bad = file("ETHUSDT-1m-2024-01.csv", KLINE + KLINE.replace("42283.58", "4228x"));
    assertThat(failure(bad, options(Kind.CANDLES, "auto", "UTC", Map.of())))
        .contains("line 2: open: \"4228x\" is not a number");
  }

  @Test
  void readsZstdOfCsvAndOfDbn() throws IOException {
    Path csv = folder.resolve("BTCUSDT-1m-2024-01.csv.zst");
    try (OutputStream packed = new ZstdOutputStream(Files.newOutputStream(csv))) {
      packed.write((KLINE + KLINE).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(rows(csv, Kind.CANDLES)).hasSize(2);
    Path dbn = folder.resolve("glbx-mdp3-20240101.ohlcv-1m.dbn.zst");
    try (OutputStream packed = new ZstdOutputStream(Files.newOutputStream(dbn))) {
      packed.write(dbn(2, 0x21));
    }
    assertThat(rows(dbn, Kind.CANDLES)).hasSize(2);
    assertThat(told.get(1)).contains("databento candles");
  }

  @Test
  void saysThatAFileIsNotWholeWhateverItsForm() throws IOException, SQLException {
    Path zst = folder.resolve("a.csv.zst");
    try (OutputStream packed = new ZstdOutputStream(Files.newOutputStream(zst))) {
      packed.write(KLINE.repeat(500).getBytes(StandardCharsets.UTF_8));
    }
    Path parquet = folder.resolve("a.parquet");
    try (Connection duckdb = Engine.duckdb(List.of(parquet));
        Statement statement = duckdb.createStatement()) {
      statement.execute("copy (select 1 as ts) to '" + parquet + "' (format parquet)");
    }
    Path zip = zip("a.zip", "BTCUSDT-1m-2024-01.csv", KLINE);
    Path dbn = Files.write(folder.resolve("a.dbn"), dbn(1, 0x21));

    notWhole(zst, 40, "the zstd data is damaged or ends too early");
    notWhole(zip, 30, "a.zip: not a whole zip");
    notWhole(parquet, 30, "No magic bytes found at end of file");
    notWhole(dbn, 200, "damaged DBN metadata");
    Files.writeString(zst, "(\u00b5/\u00fdgarbage", StandardCharsets.ISO_8859_1);
    notWhole(zst, 11, "the zstd data is damaged or ends too early");
    Files.write(dbn, new byte[] {'D', 'B', 'N', 1, 0x7f, 0x7f, 0x7f, 0x7f, 0, 0, 0, 0});
    notWhole(dbn, 12, "damaged DBN metadata");
  }

  private void notWhole(Path file, int bytes, String said) throws IOException {
    Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), bytes));
    assertThatThrownBy(() -> rows(file, options(Kind.CANDLES, "auto", "UTC", Map.of())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(said)
        .hasMessageContaining(String.valueOf(file.getFileName()));
  }
}
