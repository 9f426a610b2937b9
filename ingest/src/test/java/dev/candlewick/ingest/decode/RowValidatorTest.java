package dev.candlewick.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.record.MarketKind;
import dev.candlewick.record.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowValidatorTest {
  private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
  private static final Retention WEEK =
      new Retention(
          Duration.ofDays(7), Duration.ofDays(7), Collections.nCopies(6, Duration.ofDays(90)));

  private final List<Row> good = new ArrayList<>();
  private final List<Rejection> bad = new ArrayList<>();

  private void check(MarketKind kind, String row) throws DecodeException {
    String json = "{\"rows\":[" + row + "]}";
    List<RawRow> rows =
        Objects.requireNonNull(
            new JsonDecoder(10).decode(json.getBytes(StandardCharsets.UTF_8)).rows());
    Defaults defaults = new Defaults("binance", "BTCUSDT", "1m", null);
    new RowValidator(kind, defaults, new TimeBounds(NOW, WEEK)).check(rows, good, bad);
  }

  private Trade trade(String fields) throws DecodeException {
    check(MarketKind.TRADES, "{\"ts\":" + NOW.toEpochMilli() + "," + fields + "}");
    assertThat(bad).isEmpty();
    return (Trade) good.get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"size\":1|price|missing_field",
        "\"price\":null,\"size\":1|price|missing_field",
        "\"price\":\"x\",\"size\":1|price|bad_type",
        "\"price\":\"0x1p3\",\"size\":1|price|bad_type",
        "\"price\":\"1.0d\",\"size\":1|price|bad_type",
        "\"price\":[],\"size\":1|price|bad_type",
        "\"price\":\"NaN\",\"size\":1|price|not_finite",
        "\"price\":NaN,\"size\":1|price|not_finite",
        "\"price\":1,\"size\":-Infinity|size|not_finite",
        "\"price\":1,\"size\":1,\"id\":NaN|id|bad_type",
        "\"price\":1,\"size\":1,\"side\":NaN|side|bad_side",
        "\"price\":\"-Infinity\",\"size\":1|price|not_finite",
        "\"price\":1e400,\"size\":1|price|out_of_range",
        "\"price\":1e-400,\"size\":1|price|out_of_range",
        "\"price\":\"1e-400\",\"size\":1|price|out_of_range",
        "\"price\":1,\"size\":-0.5|size|out_of_range",
        "\"price\":1,\"size\":1,\"side\":\"BUY\"|side|bad_side",
        "\"price\":1,\"size\":1,\"flags\":[\"x\"]|flags|out_of_range",
        "\"price\":1,\"size\":1,\"flags\":\"no_price\"|flags|bad_type",
        "\"price\":1,\"size\":1,\"id\":1.5|id|bad_type",
        "\"price\":1,\"size\":1,\"id\":\"\"|id|bad_type",
        "\"price\":1,\"size\":1,\"venue\":\"a b\"|venue|bad_venue",
        "\"price\":1,\"size\":1,\"symbol\":\" X\"|symbol|bad_symbol",
        "\"price\":1,\"size\":1,\"symbol\":7|symbol|bad_type",
        "\"price\":1,\"size\":1,\"open\":7|open|unknown_field",
        "\"price\":1,\"size\":1,\"prize\":7|prize|unknown_field"
      })
  void refusesABadTradeByFieldAndCode(String fields, String field, String code)
      throws DecodeException {
    check(MarketKind.TRADES, "{\"ts\":" + NOW.toEpochMilli() + "," + fields + "}");
    assertThat(good).isEmpty();
    assertThat(bad.get(0).field()).isEqualTo(field);
    assertThat(bad.get(0).code().word).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"price, '\"size\":1'", "size, '\"price\":1'"})
  void saysWhichNumberIsMissing(String field, String given) throws DecodeException {
    check(MarketKind.TRADES, "{\"ts\":" + NOW.toEpochMilli() + "," + given + "}");
    assertThat(bad.get(0).detail()).isEqualTo(field + " is required");
  }

  @ParameterizedTest
  @CsvSource({
    "null, missing_field",
    "true, bad_timestamp",
    "1.5, ts_out_of_range",
    "NaN, bad_timestamp",
    "1e300, ts_out_of_range",
    "\"1768478400000\", bad_timestamp",
    "\"2026-01-15\", bad_timestamp",
    "\"2026-01-15T12:00:00\", bad_timestamp",
    "\"2026-02-30T12:00:00Z\", bad_timestamp",
    "\"2026-01-15T12:00:60Z\", bad_timestamp",
    "-1, ts_out_of_range",
    "1768651200001, ts_out_of_range",
    "9223372036854775807, ts_out_of_range",
    "\"9999-12-31T00:00:00Z\", ts_out_of_range",
    "0, ts_out_of_range",
    "5097599999, ts_out_of_range",
    "5097600000, ts_too_old",
    "1767873599999, ts_too_old"
  })
  void refusesABadTimeByCode(String ts, String code) throws DecodeException {
    check(MarketKind.TRADES, "{\"ts\":" + ts + ",\"price\":1,\"size\":1}");
    assertThat(bad).extracting(rejection -> rejection.code().word).containsExactly(code);
  }

  @ParameterizedTest
  @CsvSource({
    "\"2026-01-15T12:00:00.123456789Z\", 1768478400123456",
    "\"2026-01-15T13:00:00+01:00\", 1768478400000000",
    "\"2026-01-15 12:00:00+00:00\", 1768478400000000",
    "\"2026-01-15 12:00:00.123456789Z\", 1768478400123456",
    "\"2026-01-15T12:00:00.1234569999999999Z\", 1768478400123456",
    "1768478400000, 1768478400000000",
    "1768478400000.0, 1768478400000000",
    "1768478400123.4569, 1768478400123456",
    "1768478400123.45678901234567890123, 1768478400123456",
    "1.7684784E12, 1768478400000000",
    "1.768478400123456e+12, 1768478400123456"
  })
  void takesRfc3339AndTheUnitsInteger(String ts, long micros) throws DecodeException {
    check(MarketKind.TRADES, "{\"ts\":" + ts + ",\"price\":1,\"size\":1}");
    assertThat(good).extracting(Row::ts).containsExactly(micros);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "\"0.10\", 0.1",
    "-37.63, -37.63",
    "0, 0",
    "-0.0, 0",
    "\"+5.\", 5",
    "1E3, 1000"
  })
  void readsDecimalsAsTheNearestDouble(String written, double price) throws DecodeException {
    assertThat(trade("\"price\":" + written + ",\"size\":1").price()).isEqualTo(price);
  }

  @Test
  void neverKeepsANegativeZero() throws DecodeException {
    double price = trade("\"price\":-0.0,\"size\":1").price();
    assertThat(Double.doubleToRawLongBits(price)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7, 0",
    "\"7\", 7, 0",
    "9223372036854775807, 9223372036854775807, 0",
    "\"-9223372036854775808\", -9223372036854775808, 0",
  })
  void keepsIntegerIdsHoweverTheyAreWritten(String id, long kept, short flags)
      throws DecodeException {
    Trade trade = trade("\"price\":1,\"size\":1,\"id\":" + id);
    assertThat(trade.id()).isEqualTo(kept);
    assertThat(trade.flags()).isEqualTo(flags);
  }

  @Test
  void hashesOtherIdsAndTellsAMissingOne() throws DecodeException {
    // SHA-256 of "abc" begins with ba7816bf8f01cfea.
    assertThat(trade("\"price\":1,\"size\":1,\"id\":\"abc\""))
        .returns(0xba7816bf8f01cfeaL, Trade::id)
        .returns((short) Trade.HASHED_ID, Trade::flags);
    good.clear();
    assertThat(trade("\"price\":1,\"size\":1").flags()).isEqualTo((short) Trade.NO_ID);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"ts\":1768478400001,\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1|ts|misaligned_ts",
        "\"ts\":1768478400000,\"open\":1,\"high\":1,\"low\":1,\"close\":1|volume|missing_field",
        "\"ts\":1768478400000,\"open\":1,\"high\":0.5,\"low\":0.5,\"close\":1,\"volume\":1||ohlc_inconsistent",
        "\"ts\":1768478400000,\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":-1|volume|out_of_range",
        "\"timeframe\":\"7s\",\"ts\":1768478400000,\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1|timeframe|bad_timeframe",
        "\"ts\":1768478400000,\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1,\"closed\":1|closed|bad_type",
        "\"ts\":1768478400000,\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1,\"trades\":1.5|trades|bad_type",
        "\"ts\":1768478400000,\"open\":Infinity,\"high\":1,\"low\":1,\"close\":1,\"volume\":1|open|not_finite",
        "\"ts\":1768478400000,\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1,\"trades\":NaN|trades|bad_type"
      })
  void refusesABadCandle(String fields, String field, String code) throws DecodeException {
    check(MarketKind.CANDLES, "{" + fields + "}");
    assertThat(good).isEmpty();
    assertThat(bad.get(0).field()).isEqualTo(field);
    assertThat(bad.get(0).code().word).isEqualTo(code);
  }

  @Test
  void keepsLongerCandlesForTheirOwnRetention() throws DecodeException {
    long old = NOW.minus(Duration.ofDays(80)).getEpochSecond() / 60 * 60_000;
    check(
        MarketKind.CANDLES,
        "{\"ts\":" + old + ",\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1}");
    assertThat(bad).isEmpty();
  }

  @Test
  void wantsOneSideOfAQuoteAtLeast() throws DecodeException {
    check(
        MarketKind.QUOTES, "{\"ts\":1768478400000,\"bid\":1},{\"ts\":1768478400000,\"bid\":null}");
    assertThat(good).hasSize(1);
    assertThat(bad).extracting(Rejection::index).containsExactly(1);
  }
}
