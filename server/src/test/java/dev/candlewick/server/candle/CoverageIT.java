package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Minutes of 2024-08-08, a Thursday, from 14:00 UTC: 10:00 in New York. */
class CoverageIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final long START = Instant.parse("2024-08-08T14:00:00Z").getEpochSecond();

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              Candles candles = new Candles(new CandleRepository(pool), Clock.systemUTC());
              new CoverageHandler(candles, new CoverageRepository(pool)).mount(router);
            });
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void knowsAnInstrument() {
    DATABASE.clear();
    DATABASE.execute(
        "insert into market.instruments (venue, symbol) values ('binance', 'BTCUSDT')");
  }

  /** A minute's candle and its only trade, ten seconds into it. */
  private static void minute(int minute, long tradeId) {
    DATABASE.execute(
        """
        insert into market.trades select id, to_timestamp(%d), %d, 1, 1, 1, 0 from market.instruments;
        insert into market.candles_1m select id, to_timestamp(%d), 1, 1, 1, 1, 1, 1, 1, 1, 1 from market.instruments
        """
            .formatted(START + minute * 60L + 10, tradeId, START + minute * 60L));
  }

  private static JsonObject coverage(String from, String to) {
    return server.get(
        "/v1/coverage?venue=binance&symbol=BTCUSDT&timeframe=1m&from=" + from + "&to=" + to);
  }

  /** As {@code first minute-last minute:state}. */
  private static List<String> gaps(JsonObject coverage) {
    List<String> gaps = new ArrayList<>();
    JsonArray array = coverage.getJsonArray("gaps");
    for (int i = 0; i < array.size(); i++) {
      JsonObject gap = array.getJsonObject(i);
      long from = (gap.getLong("from") / 1_000 - START) / 60;
      long to = (gap.getLong("to") / 1_000 - START) / 60;
      assertThat(gap.getLong("missing")).isEqualTo(to - from);
      gaps.add(from + "-" + to + ":" + gap.getString("state"));
    }
    return gaps;
  }

  @Test
  void tellsWhatIsMissingAndProvesWhyWhereItCan() {
    minute(2, 100);
    minute(5, 101);
    minute(7, 105);
    DATABASE.execute(
        """
        insert into market.quotes select id, to_timestamp(%d), 1, 1, 1, 2, 1, null, null from market.instruments
        """
            .formatted(START + 8 * 60 + 1));
    JsonObject coverage = coverage("2024-08-08T14:00:00Z", "2024-08-08T14:09:00Z");
    assertThat(gaps(coverage))
        .containsExactly("0-2:not_loaded", "3-5:no_trades", "6-7:feed_down", "8-9:no_trades");
    assertThat(coverage.getLong("expected")).isEqualTo(9);
    assertThat(coverage.getLong("present")).isEqualTo(3);
  }

  @Test
  void claimsNothingWithoutProof() {
    DATABASE.execute(
        """
        insert into market.candles_1m
        select id, to_timestamp(m), 1, 1, 1, 1, 1, 1, 1, 1, 2
        from market.instruments, unnest(array[%d, %d]) as m
        """
            .formatted(START, START + 180));
    assertThat(gaps(coverage("2024-08-08T14:00:00Z", "2024-08-08T14:04:00Z")))
        .containsExactly("1-3:unknown");
  }

  @Test
  void knowsTheSessionAndTheWeekend() {
    DATABASE.execute("update market.instruments set session = 'America/New_York 09:30-10:02'");
    minute(0, 1);
    minute(1, 2);
    assertThat(gaps(coverage("2024-08-08T14:00:00Z", "2024-08-08T14:05:00Z")))
        .containsExactly("2-5:market_closed");
    JsonObject weekend = coverage("2024-08-10T00:00:00Z", "2024-08-12T00:00:00Z");
    assertThat(weekend.getLong("expected")).isZero();
    assertThat(weekend.getJsonArray("gaps")).hasSize(1);
  }

  @Test
  void isWholeWhereNothingIsMissing() {
    minute(0, 1);
    minute(1, 2);
    JsonObject coverage = coverage("2024-08-08T14:00:00Z", "2024-08-08T14:02:00Z");
    assertThat(coverage.getJsonArray("gaps")).isEmpty();
    assertThat(coverage.getLong("present")).isEqualTo(coverage.getLong("expected")).isEqualTo(2);
  }

  /** The first two minutes of it, and all of the day of another instrument. */
  @Test
  void tellsWhatWaitsToBeRolledUp() {
    minute(0, 1);
    minute(4, 2);
    DATABASE.execute(
        """
        insert into ingest.dirty (level, bucket, ids, minutes)
        select 60, timestamptz '2024-08-08 00:00Z', array[id], decode(repeat('00', 105) || '03', 'hex')
        from market.instruments
        union all
        select 60, timestamptz '2024-08-08 00:00Z', array[id + 1], decode(repeat('ff', 180), 'hex')
        from market.instruments
        """);
    JsonObject waits = coverage("2024-08-08T14:00:00Z", "2024-08-08T14:05:00Z");
    assertThat(waits.getJsonArray("making"))
        .containsExactly(
            new JsonObject().put("from", START * 1_000).put("to", (START + 120) * 1_000));
    assertThat(coverage("2024-08-08T14:02:00Z", "2024-08-08T14:05:00Z").getJsonArray("making"))
        .isEmpty();
    DATABASE.execute("delete from ingest.dirty");
    assertThat(coverage("2024-08-08T14:00:00Z", "2024-08-08T14:05:00Z").getJsonArray("making"))
        .isEmpty();
  }

  @Test
  void refusesARangeOfTooManyCandles() {
    minute(0, 1);
    String path =
        "/v1/coverage?venue=binance&symbol=BTCUSDT&timeframe=1s&from=2024-08-08&to=2024-09-08";
    assertThat(server.problem(400, path).getString("detail")).startsWith("from:");
    assertThat(server.problem(404, path.replace("BTCUSDT", "NONE")).getString("code"))
        .isEqualTo("unknown_instrument");
  }
}
