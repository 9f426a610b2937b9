package dev.candlewick.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.record.Kind.IncompatibleException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KindTest {
  private static final String ORDERS =
      """
      {"kind":"orders","key":["bot","order_id"],"retention":"none","chunk":"30d",
       "columns":[{"name":"bot","type":"text","required":true},
                  {"name":"order_id","type":"text","required":true},
                  {"name":"venue","type":"venue"},{"name":"symbol","type":"symbol"},
                  {"name":"side","type":"text","values":["buy","sell"]},
                  {"name":"quantity","type":"decimal","min":0},
                  {"name":"meta","type":"json"}]}
      """;

  @Test
  void theContractsOwnExampleReadsAndWritesAsItIs() {
    Kind orders = KindJson.read(ORDERS);
    assertThat(orders.retention()).isEqualTo(Retention.FOR_EVER);
    assertThat(orders.chunk()).isEqualTo(Duration.ofDays(30));
    assertThat(orders.hasBot()).isTrue();
    assertThat(orders.hasInstrument()).isTrue();
    assertThat(orders.sqlColumns())
        .containsExactly(
            Kind.INSTRUMENT, "\"bot\"", "\"order_id\"", "\"side\"", "\"quantity\"", "\"meta\"");
    assertThat(orders.sqlKey()).containsExactly("\"bot\"", "\"order_id\"");
    String written = KindJson.write(orders);
    assertThat(written).isEqualTo(ORDERS.replaceAll("\\s+", ""));
    assertThat(KindJson.read(written)).isEqualTo(orders);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}|kind, key and columns are required",
        "[1]|the declaration must be a JSON object",
        "{\"kind\":\"x\"|not JSON",
        "{\"kind\":\"x\",\"kind\":\"y\"}|not JSON",
        "{\"kind\":\"x\",\"key\":[\"a\"],\"columns\":[]}|key names no column: a",
        "{\"kind\":\"X\",\"key\":[\"a\"],\"columns\":[]}|kind must match",
        "{\"kind\":\"trades\",\"key\":[\"a\"],\"columns\":[]}|kind trades is taken",
        "{\"kind\":\"x\",\"key\":[],\"columns\":[]}|key must name 1 to 8 columns",
        "{\"kind\":\"x\",\"key\":[\"a\"],\"columns\":[],\"color\":1}|unknown field color",
        "{\"kind\":\"x\",\"key\":[\"a\"],\"columns\":[],\"retention\":\"5 days\"}|retention must be"
            + " like",
        "{\"kind\":\"x\",\"key\":[\"a\"],\"columns\":[],\"chunk\":\"none\"}|chunk must be like",
      })
  void aWrongDeclarationIsRefusedByName(String declaration, String detail) {
    assertThatThrownBy(() -> KindJson.read(declaration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"name\":\"ts\",\"type\":\"timestamp\"}|column ts: ts is always there and never declared",
        "{\"name\":\"b\",\"type\":\"money\"}|unknown type \"money\"",
        "{\"name\":\"b\"}|name and type of a column are required",
        "{\"name\":\"a\",\"type\":\"text\"}|duplicate column a",
        "{\"name\":\"b\",\"type\":\"venue\"}|columns of the types venue and symbol come as one"
            + " pair",
        "{\"name\":\"b\",\"type\":\"json\",\"min\":1}|column b: min and max fit types",
        "{\"name\":\"b\",\"type\":\"number\",\"min\":2,\"max\":1}|column b: min is above max",
        "{\"name\":\"b\",\"type\":\"number\",\"values\":[\"x\"]}|column b: values fit type text"
            + " only",
        "{\"name\":\"b\",\"type\":\"text\",\"values\":[\"x\",\"x\"]}|column b: values must differ",
        "{\"name\":\"b\",\"type\":\"text\",\"default\":\"x\"}|unknown field of a column: default",
      })
  void aWrongColumnIsRefusedByName(String column, String detail) {
    assertThatThrownBy(() -> KindJson.read(of("a", column)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(detail);
  }

  @Test
  void aKeyIsMadeOfRequiredColumnsThatHaveAnOrder() {
    String key =
        "{\"kind\":\"x\",\"key\":[\"a\"],\"columns\":[{\"name\":\"a\",\"type\":\"%s\"%s}]}";
    assertThatThrownBy(() -> KindJson.read(key.formatted("text", "")))
        .hasMessage("key column a must be required");
    assertThatThrownBy(() -> KindJson.read(key.formatted("json", ",\"required\":true")))
        .hasMessage("key column a must not be json");
  }

  @Test
  void atMostFourHundredColumns() {
    String columns =
        IntStream.range(0, 400)
            .mapToObj(i -> "{\"name\":\"c" + i + "\",\"type\":\"number\"}")
            .collect(Collectors.joining(","));
    assertThatThrownBy(() -> KindJson.read(of("a", columns))).hasMessage("at most 400 columns");
    assertThat(KindJson.read(of("a", columns.substring(columns.indexOf("},") + 2))).columns())
        .hasSize(400);
  }

  @Test
  void namesThatEveryTableHasAreStillFree() {
    Kind kind = KindJson.read(of("a", "{\"name\":\"xmin\",\"type\":\"text\"}"));
    assertThat(kind.sqlColumns()).containsExactly("\"a\"", "\"_xmin\"");
  }

  @Test
  void aKindOnlyGetsWider() throws IncompatibleException {
    Kind before = KindJson.read(ORDERS);
    Kind wider =
        KindJson.read(
            ORDERS
                .replace("\"sell\"]", "\"sell\",\"short\"]")
                .replace("\"none\"", "\"90d\"")
                .replace(
                    "{\"name\":\"meta\"",
                    "{\"name\":\"fee\",\"type\":\"number\"},{\"name\":\"meta\""));
    Kind after = before.changedTo(wider);
    assertThat(after.columns()).last().extracting(Column::name).isEqualTo("fee");
    assertThat(after.column("side").orElseThrow().values()).containsExactly("buy", "sell", "short");
    assertThat(after.retention()).isEqualTo(Duration.ofDays(90));
    assertThat(after.changedTo(after)).isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"key\":[\"bot\",\"order_id\"]|\"key\":[\"bot\"]|the key is bot, order_id",
        "\"30d\"|\"7d\"|the chunk is 30d",
        "{\"name\":\"meta\",\"type\":\"json\"}|{\"name\":\"other\",\"type\":\"json\"}|column meta"
            + " is missing",
        "\"type\":\"json\"|\"type\":\"text\"|column meta: its type is json",
        "\"type\":\"json\"|\"type\":\"json\",\"required\":true|column meta: it is not required",
        "\"buy\",\"sell\"|\"buy\"|column side: values can only be added",
        ",\"values\":[\"buy\",\"sell\"]||column side: values can only be added",
        "\"min\":0|\"min\":1|column quantity: min and max cannot change",
        ",\"min\":0||column quantity: min and max cannot change",
        "\"json\"}|\"json\"},{\"name\":\"fee\",\"type\":\"number\",\"required\":true}|new column"
            + " fee must not be required",
      })
  void anythingElseIsRefused(String from, String to, String detail) {
    String next = ORDERS.replace(from, to == null ? "" : to);
    assertThatThrownBy(() -> KindJson.read(ORDERS).changedTo(KindJson.read(next)))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(detail);
  }

  private static String of(String key, String more) {
    return "{\"kind\":\"x\",\"key\":[\"%s\"],\"columns\":[{\"name\":\"%s\",\"type\":\"text\",\"required\":true},%s]}"
        .formatted(key, key, more);
  }
}
