package dev.candlewick.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTest {
  @Test
  void writesAHeaderAndALinePerRow() {
    Csv csv = new Csv(List.of("ts", "price", "size", "side", "id"));
    csv.time(Times.MS, 5_000).number(-37.63).number(null).text("buy").integer(-4L).endLine();
    assertThat(csv.buffer().toString()).isEqualTo("ts,price,size,side,id\r\n5,-37.63,,buy,-4\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "=1+1 | '=1+1",
        "+A | '+A",
        "-A | '-A",
        "@x | '@x",
        "`a,b` | `\"a,b\"`",
        "a\"b | `\"a\"\"b\"`",
        "plain | plain"
      })
  void writesTextThatASpreadsheetTakesAsText(String text, String cell) {
    Csv csv = new Csv(List.of("a"));
    csv.text(text).endLine();
    assertThat(csv.buffer().toString()).isEqualTo("a\r\n" + cell + "\r\n");
  }
}
