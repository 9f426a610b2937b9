package dev.candlewick.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.decode.Envelope.TimeUnit;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.record.MarketKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CSV and NDJSON as spreadsheets, pandas and people write them. */
class RestBodyTest {
  private static List<RawRow> read(RestBody form, boolean skips, String body)
      throws DecodeException {
    RestBody.Reading how =
        new RestBody.Reading(
            MarketKind.TRADES,
            new Defaults(null, null, null, TimeUnit.MS),
            new JsonDecoder(10),
            10,
            skips);
    return Objects.requireNonNull(
        form.decode(body.getBytes(StandardCharsets.UTF_8), how).rows(), "rows");
  }

  private static void refuses(RestBody form, String body, String reason) {
    assertThatThrownBy(() -> read(form, false, body.replace("~", "\n")))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContainingAny("siegmar", "Exception", "jackson", "Feature");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ts,price,size,id~1,1,2,\"abc~1,5,6,7 | line 2: a quote is never closed",
        "ts,price,\"size~1,1,2~1,1,2~ | line 1: a quote is never closed",
        "1735689600000,1,2 | line 1: column \"1735689600000\" is not a field of trades",
        "ts,price,size,prize | column \"prize\" is not a field of trades",
        "ts,price,size,open~1,1,1,1 | column \"open\" is not a field of trades",
        "ts,price,size,ts | line 1: duplicate column \"ts\"",
        "ts,,price,size | column \"\" is not a field",
        "ts;price;size~1;2;3 | line 1: the columns are separated by semicolons",
        "ts,price,size~1,2,3~~1,2 | line 4 has 2 cells, the header has 3",
        "ts,price,size~1,2,3,4 | line 2 has 4 cells, the header has 3",
        "ts,price,size~1,2,\"3\"4 | line 2: not CSV",
        "`` | a header line of field names is missing",
        "\uFEFF | a header line of field names is missing"
      })
  void refusesCsvByLineAndReason(String body, String reason) {
    refuses(RestBody.CSV, body, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ts\":1}~{\"ts\":2 | line 2: not JSON at byte 7: it breaks off",
        "{\"ts\":1,} | line 1: not JSON at byte 8: unexpected character '}'",
        "{\"ts\":True} | line 1: not JSON at byte 6: unknown word True",
        "{} {} | line 1: unexpected text after the JSON value",
      })
  void refusesNdjsonByLineAndReason(String body, String reason) {
    refuses(RestBody.NDJSON, body, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ts,price,size~1,2,3",
        "\uFEFFts,price,size~1,2,3~",
        "ts,price,size,~1,2,3,~",
        "ts,price,size,~1,2,3",
        "ts,price,size~1,2,3,",
        " ts , price,size ~ 1 , 2,3 ~   ~",
        "ts,price,size\r~1,2,3\r~\r~",
        "\"ts\", \"price\" ,\"size\"~\"1\", \"2\" ,\"3\"",
        "ts,price,size,id,side~1,2,3,,"
      })
  void takesCsvHoweverItIsWritten(String body) throws DecodeException {
    List<RawRow> rows = read(RestBody.CSV, false, body.replace("~", "\n"));
    assertThat(rows).hasSize(1);
    assertThat(Timestamps.micros(Objects.requireNonNull(rows.get(0).value(Field.TS)), TimeUnit.MS))
        .isEqualTo(1_000);
    assertThat(rows.get(0).value(Field.PRICE)).isEqualTo("2");
    assertThat(rows.get(0).value(Field.SIZE)).isEqualTo("3");
    assertThat(rows.get(0).value(Field.ID)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "1735689600123456789, NS, 1735689600123456",
    "2025-01-01 00:00:00+00:00, MS, 1735689600000000",
    "1735689600000.0, MS, 1735689600000000",
    "1571869971.9908, S, 1571869971990800",
    "1.7356896E+09, S, 1735689600000000"
  })
  void takesTimesExactly(String cell, TimeUnit unit, long micros) throws DecodeException {
    RawRow row = read(RestBody.CSV, false, "ts,price,size\n" + cell + ",2,3").get(0);
    assertThat(Timestamps.micros(Objects.requireNonNull(row.value(Field.TS)), unit))
        .isEqualTo(micros);
  }

  @Test
  void passesOverOneByteOrderMark() throws DecodeException {
    assertThat(read(RestBody.NDJSON, false, "\uFEFF{\"ts\":1}\n{\"ts\":2}")).hasSize(2);
    assertThat(read(RestBody.JSON, false, "\uFEFF{\"rows\":[{\"ts\":1}]}")).hasSize(1);
    refuses(RestBody.JSON, "\uFEFF\uFEFF{\"rows\":[]}", "not JSON");
  }

  @Test
  void aFieldGivenTwiceIsAFaultOfItsRow() throws DecodeException {
    List<RawRow> rows = read(RestBody.NDJSON, false, "{\"ts\":1}\n{\"ts\":1,\"ts\":2}");
    assertThat(rows).extracting(RawRow::twice).containsExactly(null, "ts");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "` 42 ` | 42",
        "` \"42\" ` | 42",
        "`\" 42\"` | ` 42`",
        "` a-1` | ` a-1`",
        "`'=1+1` | =1+1",
        "`''=1+1` | '=1+1",
        "`'t` | 't",
        "`   ` | "
      })
  void takesAnIdAsItIsInItsCell(String cell, String id) throws DecodeException {
    List<RawRow> rows = read(RestBody.CSV, false, "ts,price,size,id\n1,2,3," + cell);
    assertThat(rows.get(0).value(Field.ID)).isEqualTo(id);
  }

  @Test
  void skipsLinesThatAreNoRowsWhereBadRowsAreSkipped() throws DecodeException {
    List<RawRow> csv = read(RestBody.CSV, true, "ts,price,size\n1,2,3\n1,2\n1,2,3,4\n4,5,6");
    assertThat(csv)
        .extracting(row -> row.fault() == null)
        .containsExactly(true, false, false, true);
    List<RawRow> ndjson = read(RestBody.NDJSON, true, "{\"ts\":1}\n{\"ts\":\n\n[]\n{\"ts\":NaN}");
    assertThat(ndjson).hasSize(4);
    assertThat(ndjson.get(1).fault()).isEqualTo("line 2: not JSON at byte 6: it breaks off");
    assertThatThrownBy(() -> read(RestBody.CSV, true, "ts,price,size\n1,2,\"3\n1,2,3"))
        .hasMessage("line 2: a quote is never closed");
  }
}
