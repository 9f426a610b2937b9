package dev.candlewick.ingest.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.ingest.influx.Point.Stamp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class LineProtocolTest {
  private static final String NO_TIME = "no time";

  private static Arguments line(String line, Object... expected) {
    return Arguments.of(line, Arrays.asList(expected));
  }

  /** Measurement, names and values in turn, time. */
  static final List<Arguments> LINES =
      List.of(
          line("m f=1 7", "m", "f", "1", 7L),
          line("m f=1", "m", "f", "1", NO_TIME),
          line("m,t=v f=1 -7", "m", "t", "v", "f", "1", -7L),
          line("  m   f=1   7  ", "m", "f", "1", 7L),
          line("m f=1,g=2,h=3 7", "m", "f", "1", "g", "2", "h", "3", 7L),
          line(
              "a\\ b\\,c,t\\=u=v\\ w\\,x\\=y f\\ g=1",
              "a b,c",
              "t=u",
              "v w,x=y",
              "f g",
              "1",
              NO_TIME),
          line("m,t=C:\\dir\\\\x f=1", "m", "t", "C:\\dir\\x", "f", "1", NO_TIME),
          line("m f=\"a b,c=d #e\" 7", "m", "f", "a b,c=d #e", 7L),
          line("m f=\"say \\\"x\\\" \\\\ \\n\" 7", "m", "f", "say \"x\" \\ \\n", 7L),
          line("m f=\"\" 7", "m", "f", "", 7L),
          line("m f=\"two\nlines\" 7", "m", "f", "two\nlines", 7L),
          line("m f=1.5e-7,g=-.5,h=+2.", "m", "f", "1.5e-7", "g", "-.5", "h", "+2.", NO_TIME),
          line("m f=NaN,g=-Inf", "m", "f", "NaN", "g", "-Inf", NO_TIME),
          line("m f=5i,g=-5i,h=5u", "m", "f", 5L, "g", -5L, "h", 5L, NO_TIME),
          line("m f=9223372036854775807i", "m", "f", Long.MAX_VALUE, NO_TIME),
          line("m f=18446744073709551615u", "m", "f", "18446744073709551615", NO_TIME),
          line("m f=5t,g=5n", "m", "f", new Stamp(5_000), "g", new Stamp(5), NO_TIME),
          line("m a=t,b=TRUE,c=True", "m", "a", true, "b", true, "c", true, NO_TIME),
          line("m a=f,b=FALSE,c=False", "m", "a", false, "b", false, "c", false, NO_TIME),
          line("Маркт,ü=ß f=1 7", "Маркт", "ü", "ß", "f", "1", 7L),
          line("m f=1 9223372036854775807", "m", "f", "1", Long.MAX_VALUE));

  @ParameterizedTest
  @FieldSource("LINES")
  void readsALine(String line, List<Object> expected) throws LineException {
    Point point = LineProtocol.parse(line).get(0);
    List<Object> read =
        IntStream.range(0, point.values().size())
            .boxed()
            .flatMap(
                i -> {
                  String name = List.copyOf(point.values().keySet()).get(i);
                  return List.of(name, point.values().get(name)).stream();
                })
            .collect(Collectors.toList());
    read.add(0, point.measurement());
    read.add(point.time() == null ? NO_TIME : point.time());
    assertThat(read).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "m                      | fields are required after the tags",
        "m,t=v                  | fields are required after the tags",
        "m,t=v 7                | a field has no value: 7",
        ",t=v f=1               | the measurement is empty",
        "m,=v f=1               | the name of a tag is empty",
        "m,t= f=1               | the value of the tag t is empty",
        "m,t f=1                | a tag has no value: t",
        "m,t=a=b f=1            | fields are required after the tags",
        "m, f=1                 | the name of a tag is empty",
        "m f=                   | the field f has a value of no known type: ",
        "m f                    | a field has no value: f",
        "m f=1,                 | the name of a field is empty",
        "m f=1, g=2             | the name of a field is empty",
        "m f=abc                | the field f has a value of no known type: abc",
        "m f=1.5i               | the field f has a value of no known type: 1.5i",
        "m f=9223372036854775808i | the field f has a value of no known type: 9223372036854775808i",
        "m f=9c4a-11i           | the field f has a value of no known type: 9c4a-11i",
        "m f=0x1p3              | the field f has a value of no known type: 0x1p3",
        "m f=\"open             | the string f has no closing quote",
        "m f=\"{\"a\": 1}\" 7   | unexpected text after a field",
        "m f=\"a\"b 7           | unexpected text after a field",
        "m f=1 7 8              | unexpected text after the timestamp",
        "m f=1 7.5              | the timestamp is not a 64-bit integer: 7.5",
        "m f=1 9223372036854775808 | the timestamp is not a 64-bit integer: 9223372036854775808",
        "m f=1,f=2              | duplicate tag or field: f",
        "m,f=1 f=2              | duplicate tag or field: f",
      })
  void refusesALineAndSaysWhich(String line, String detail) {
    String body = "# first\r\n\r\nok f=\"over\ntwo\" 1\r\n" + line + "\n";
    assertThatThrownBy(() -> LineProtocol.parse(body))
        .isInstanceOf(LineException.class)
        .hasMessage("line 5: " + (detail.endsWith(":") ? detail + " " : detail))
        .returns(5, e -> ((LineException) e).line());
  }

  @Test
  void passesOverEmptyLinesAndComments() throws LineException {
    String body = "\n\r\n   \n# m f=1\n  # x\nm f=1 1\r\nm f=2 2\r\n\nm f=3 3";
    assertThat(LineProtocol.parse(body)).extracting(Point::line).containsExactly(6, 7, 9);
    assertThat(LineProtocol.parse(body)).extracting(Point::text).contains("m f=2 2");
    assertThat(LineProtocol.parse("")).isEmpty();
    assertThat(LineProtocol.parse("# only")).isEmpty();
  }

  /** Time grows with the length, not with its square. */
  @ParameterizedTest
  @CsvSource({"1", "=", "','", "\\", "' '", "\"", "#", "m f=1x"})
  void endsSoonOnWhatIsMadeToCost(String piece) {
    String body = "m f=" + piece.repeat(2_000_000 / piece.length());
    assertThatThrownBy(() -> LineProtocol.parse(body)).isInstanceOf(LineException.class);
  }
}
