package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedFileTest {
  private static final ReplayOptions OPTIONS =
      new ReplayOptions("binance", "", 1_000_000, false, 500);
  private static final ReplayOptions WITH_QUOTES =
      new ReplayOptions("binance", "", 1_000_000, true, 500);
  private static final String TRADE =
      "1723161254087896568 {\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\","
          + "\"E\":1723161255343,\"s\":\"BTCUSDT\",\"t\":3735683259,\"p\":\"61837.63000000\","
          + "\"q\":\"0.02000000\",\"T\":1723161255342,\"m\":true,\"M\":true}}";
  private static final String QUOTE =
      "1723161254116723068 {\"stream\":\"btcusdt@bookTicker\",\"data\":{\"u\":50093239219,"
          + "\"s\":\"BTCUSDT\",\"b\":\"61837.63000000\",\"B\":\"3.78826000\","
          + "\"a\":\"61837.64000000\",\"A\":\"1.60520000\"}}";
  private static final String DEPTH =
      "1723161254036059768 {\"stream\":\"btcusdt@depth@100ms\",\"data\":{\"e\":\"depthUpdate\","
          + "\"s\":\"BTCUSDT\",\"b\":[[\"61737.63\",\"0.0\"]],\"a\":[]}}";
  private static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"frames.ws", "frames.ws.gz", "frames"})
  void takesTheTradesOfACapture(String name) throws IOException {
    Path file = write(name, DEPTH, TRADE, "", QUOTE, "17 {\"result\":null,\"id\":1}");

    assertThat(read(file, OPTIONS))
        .containsExactly(
            new RecordedTick(
                BTCUSDT,
                new Trade(
                    1_723_161_255_342_000_000L,
                    "61837.63000000",
                    "0.02000000",
                    Trade.Side.SELL,
                    "3735683259"),
                1_723_161_254_087_896_568L));
  }

  @Test
  void takesTheBuyersSideWhereTheSellerWasTheMaker() throws IOException {
    Path file = write("frames.ws", TRADE.replace("\"m\":true", "\"m\":false"));

    assertThat(read(file, OPTIONS))
        .extracting(tick -> ((Trade) tick.tick()).side())
        .containsExactly(Trade.Side.BUY);
  }

  @Test
  void takesQuotesAtTheirReceiveTimeIfAskedFor() throws IOException {
    Path file = write("frames.ws", TRADE, QUOTE);

    assertThat(read(file, WITH_QUOTES))
        .hasSize(2)
        .contains(
            new RecordedTick(
                BTCUSDT,
                new Quote(
                    1_723_161_254_116_723_068L,
                    "61837.63000000",
                    "3.78826000",
                    "61837.64000000",
                    "1.60520000"),
                1_723_161_254_116_723_068L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense                                       | not a receive time in ns",
        "soon {}                                        | not a number",
        "17 {\"stream\":                                | not JSON",
        "17 []                                          | not JSON: no object",
        "17 {\"stream\":\"x@trade\",\"data\":{\"m\":true}} | has no \"T\""
      })
  void namesTheLineOfACaptureThatIsWrong(String line, String what) throws IOException {
    Path file = write("frames.ws.gz", TRADE, DEPTH, line);

    assertThatThrownBy(() -> read(file, OPTIONS))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": line 3: ")
        .hasMessageContaining(what);
  }

  @Test
  void namesTheLineWhereAnArchiveEndsTooSoon() throws IOException {
    Path file = write("frames.ws.gz", TRADE, TRADE);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 12));

    assertThatThrownBy(() -> read(file, OPTIONS))
        .hasMessageContaining("line ")
        .hasMessageContaining("cannot be read");
  }

  @Test
  void refusesALineThatNeverEnds() throws IOException {
    Path file = write("frames.ws.gz", TRADE, "x".repeat(2_000_000));

    assertThatThrownBy(() -> read(file, OPTIONS)).hasMessageContaining("line 2: longer than");
  }

  @Test
  void refusesBytesThatAreNotUtf8() throws IOException {
    Path file = folder.resolve("frames.ws");
    Files.write(file, new byte[] {'1', '7', ' ', (byte) 0xff, '\n'});

    assertThatThrownBy(() -> read(file, OPTIONS)).hasMessageContaining("line 1: not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trades.csv", "trades.csv.gz"})
  void readsTradesOfACsv(String name) throws IOException {
    Path file =
        write(
            name,
            "\uFEFFsymbol,ts,price,size,side,id,venue,flags\r",
            "GCZ13,1381104000123,1312.50,2,buy,77,COMEX,no_price no_volume\r",
            "\"BTCUSDT\",2024-08-08T23:54:15.342001Z,\"61837.63\",0.02,,,,\r");

    assertThat(read(file, OPTIONS))
        .containsExactly(
            new RecordedTick(
                new Instrument("COMEX", "GCZ13"),
                new Trade(
                    1_381_104_000_123_000_000L,
                    "1312.50",
                    "2",
                    Trade.Side.BUY,
                    "77",
                    Set.of(Trade.Flag.NO_PRICE, Trade.Flag.NO_VOLUME)),
                1_381_104_000_123_000_000L),
            new RecordedTick(
                BTCUSDT,
                new Trade(1_723_161_255_342_001_000L, "61837.63", "0.02", null, null),
                1_723_161_255_342_001_000L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BTCUSDT,soon,1,1,buy            | soon",
        "BTCUSDT,9223372036854775807,1,1,| long overflow",
        "BTCUSDT,17,dear,1,              | price \"dear\" is not a decimal",
        "BTCUSDT,17,,1,                  | no price",
        "BTCUSDT,17,1,,                  | no size",
        "BTCUSDT,17,1,1,bought           | unknown side \"bought\"",
        "BTCUSDT,17,1,1                  | 4 cells under a header of 5",
        "BTCUSDT,17,1,1,buy,             | 6 cells under a header of 5",
        "\"BTCUSDT,17,1,1,buy            | closing quote",
        "BTC*USDT,17,1,1,buy             | symbol \"BTC*USDT\"",
        ",17,1,1,buy                     | no symbol"
      })
  void namesTheLineOfACsvThatIsWrong(String line, String what) throws IOException {
    Path file = write("trades.csv", "symbol,ts,price,size,side", "BTCUSDT,17,1,1,buy", line);

    assertThatThrownBy(() -> read(file, OPTIONS))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": line 3: ")
        .hasMessageContaining(what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "symbol,ts,price        | no column \"size\"",
        "symbol,ts,price,amount | column \"amount\"",
        "ts,ts,price,size       | column \"ts\""
      })
  void namesWhatIsWrongWithAHeader(String header, String what) throws IOException {
    Path file = write("trades.csv", header);

    assertThatThrownBy(() -> read(file, OPTIONS))
        .hasMessageStartingWith(file + ": line 1: ")
        .hasMessageContaining(what);
  }

  @Test
  void takesTheApostropheBeforeAFormulaForNoPartOfAnId() throws IOException {
    Path file =
        write(
            "trades.csv",
            "symbol,ts,price,size,id",
            "S,17,1,1,'=1",
            "S,17,1,1,''=1",
            "S,17,1,1,'a");

    assertThat(read(file, OPTIONS))
        .extracting(tick -> ((Trade) tick.tick()).id())
        .containsExactly("=1", "'=1", "'a");
  }

  @Test
  void refusesAnEmptyCsv() throws IOException {
    Path file = Files.createFile(folder.resolve("trades.csv"));

    assertThatThrownBy(() -> read(file, OPTIONS)).hasMessageContaining("line 1: no header");
  }

  @ParameterizedTest
  @CsvSource({
    "btcusdt, BTCUSDT, 3735683259, 9757, 28040",
    "ethusdt, ETHUSDT, 1520538925, 6106, 24077"
  })
  void readsEveryTradeOfTheRealCaptures(
      String name, String symbol, long firstId, int trades, int quotes) throws IOException {
    Path file = Path.of("../../shared/data/binance-spot-" + name + "-20240808.ws.gz");
    assumeTrue(Files.exists(file), "the real captures are beside the repository");

    List<RecordedTick> ticks = read(file, OPTIONS);

    assertThat(ticks).hasSize(trades);
    for (int i = 0; i < ticks.size(); i++) {
      Trade trade = (Trade) ticks.get(i).tick();
      assertThat(trade.id()).isEqualTo(Long.toString(firstId + i));
    }
    assertThat(ticks).allMatch(tick -> tick.instrument().symbol().equals(symbol));
    assertThat(read(file, WITH_QUOTES)).hasSize(trades + quotes);
  }

  private static List<RecordedTick> read(Path file, ReplayOptions options) throws IOException {
    List<RecordedTick> ticks = new ArrayList<>();
    try (TickReader reader = options.open(file)) {
      for (RecordedTick tick = reader.next(); tick != null; tick = reader.next()) {
        ticks.add(tick);
      }
    }
    return ticks;
  }

  private Path write(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    OutputStream plain = Files.newOutputStream(file);
    try (OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }
}
