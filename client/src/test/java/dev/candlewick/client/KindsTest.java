package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file holds whose kind nobody names. */
class KindsTest {
  private static final String KLINE = "1704067200000,1,2,1,2,3,1704067259999,4,5,6,7,0|";

  @TempDir Path folder;

  private Kind of(String name, String text, String format) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text, StandardCharsets.ISO_8859_1);
    FileOptions.Given nothing = new FileOptions.Given(null, null, null);
    return Kinds.of(
        file,
        kind -> new FileOptions(kind, format, nothing, ZoneOffset.UTC, "ms", Map.of(), "", ""));
  }

  @Test
  void isToldByColumns() throws IOException {
    assertThat(of("XBTUSD.csv", "1704067200,1,2\n", "auto")).isEqualTo(Kind.TRADES);
    assertThat(of("t.csv", "ts,venue,symbol,price,size\n1,a,b,1,1\n", "auto"))
        .isEqualTo(Kind.TRADES);
    assertThat(of("BTCUSDT-1m-2024-01.csv", KLINE.replace('|', '\n'), "auto"))
        .isEqualTo(Kind.CANDLES);
  }

  @ParameterizedTest
  @CsvSource({
    "BTCUSDT-1m-2024-01.csv, auto, '', 'BTCUSDT-1m-2024-01.csv: empty'",
    "all.csv, auto, "
        + "'"
        + KLINE
        + "', 'all.csv: line 1: binance: neither columns nor file name'",
    "XBTUSD.csv, kraken, 'a,b|', 'XBTUSD.csv: line 1: not kraken: a,b'",
    "t.csv, auto, 'ts,venue,symbol,price,size,side|1,a,b,1,1,ä|', 't.csv: not UTF-8'",
    "x.csv, auto, 'a,b|1,2|', 'cannot tell what'",
  })
  void saysWhatIsWrongWithTheFile(String name, String format, String text, String said) {
    assertThatThrownBy(() -> of(name, text.replace('|', '\n'), format))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(said);
  }
}
