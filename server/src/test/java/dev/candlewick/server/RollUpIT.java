package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** The roll-up where it has more to do than one statement may take. */
class RollUpIT {
  private static final int INSTRUMENTS = 110;

  /** Each instrument's minute takes 0.1 s here; a statement of the server has 10 s. */
  private static final String SLOW =
      """
      alter function market.built_buckets rename to built_buckets_at_once;
      create function market.built_buckets(
        of_instrument integer, range_start timestamptz, range_end timestamptz, step interval,
        within_start timestamptz, within_end timestamptz)
      returns table (
        ts timestamptz, open double precision, high double precision, low double precision, close double precision,
        volume double precision, quote_volume double precision, trades bigint,
        taker_buy_volume double precision)
      language plpgsql as $$
      begin
        perform pg_sleep(0.1);
        return query select * from market.built_buckets_at_once(
          of_instrument, range_start, range_end, step, within_start, within_end);
      end $$
      """;

  @Test
  void getsThroughAMinuteThatTakesLongerThanAStatementMay() {
    TestDatabase database = TestDatabase.empty();
    try (ServerProcess server = ServerProcess.on(database)) {
      database.execute(SLOW);
      server.post("/v1/trades", minuteOfManyInstruments());

      ServerProcess.await(
          "all are candles",
          Duration.ofSeconds(60),
          () -> database.number("select count(*) from market.candles_1m") == INSTRUMENTS);

      ServerProcess.await(
          "nothing is left to do",
          Duration.ofSeconds(10),
          () -> database.number("select count(*) from ingest.dirty where level <= 60") == 0);
      assertThat(database.number("select sum(trades) from market.candles_1m"))
          .isEqualTo(INSTRUMENTS);
    }
  }

  private static String minuteOfManyInstruments() {
    Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(10, ChronoUnit.MINUTES);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < INSTRUMENTS; i++) {
      rows.append(i == 0 ? "" : ",")
          .append("{\"ts\":\"%s\",\"symbol\":\"S%d\",\"price\":1,\"size\":1}".formatted(minute, i));
    }
    return "{\"venue\":\"x\",\"rows\":[" + rows + "]}";
  }
}
