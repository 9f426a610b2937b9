package dev.candlewick.server.performance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PerformanceIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final Clock NOW =
      Clock.fixed(Instant.parse("2026-02-10T00:00:00Z"), ZoneOffset.UTC);

  private static TestServer server;

  @BeforeAll
  static void listen() throws IOException {
    server =
        TestServer.onDatabase(
            (router, pool) ->
                new PerformanceHandler(new PerformanceRepository(pool), NOW).mount(router));
    DATABASE.clear();
    String journal = Files.readString(Path.of("..", "sql", "kinds", "journal.json"));
    DATABASE.execute(
        """
        drop table if exists record.journal cascade;
        drop table if exists record_latest.journal cascade;
        delete from ingest.kinds where kind = 'journal';
        select ingest.save_kind('%s');
        insert into market.instruments (venue, symbol) overriding system value
        values ('binance', 'BTCUSDT'), ('kraken', 'BTCUSDT');
        insert into record_latest.journal
          (ts, bot, trade_id, strategy, _instrument_id, regime, entry_time, exit_time, quantity,
           entry_price, stop_loss, pnl_usd, fees, commission, slippage, initial_risk, pnl_r)
        values
          (now(), 'alpha', '1', 'orb', 1, 'ranging', '2026-01-04T23:00Z', '2026-01-05T01:00Z', 2,
           100, 95, 20.10, 1, 0.5, null, null, null),
          (now(), 'alpha', '2', 'orb', 2, 'volatile', '2026-01-30T00:00Z', '2026-01-31T00:00Z', 1,
           100, 95, -10, null, null, 0.25, 4, null),
          (now(), 'beta', '1', 'trend', 1, null, '2026-02-01T00:00Z', '2026-02-01T00:01Z', 1,
           null, null, 0, null, null, null, null, 7),
          (now(), 'beta', '2', 'trend', 1, null, '2026-02-02T00:00Z', null, 1,
           null, null, 99, null, null, null, null, null),
          (now(), 'beta', '3', 'trend', 1, null, '2026-02-02T00:00Z', '2026-02-02T00:01Z', 1,
           null, null, null, null, null, null, null, null)
        """
            .formatted(journal.replace("'", "''")));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @Test
  void isOfTradesThatHaveAnExitAndAResult() {
    JsonObject all = server.get("/v1/performance");
    assertThat(all.getInteger("trades")).isEqualTo(3);
    assertThat(all.getInteger("wins")).isEqualTo(1);
    assertThat(all.getInteger("losses")).isEqualTo(1);
    assertThat(all.getInteger("breakeven")).isEqualTo(1);
    assertThat(all.getDouble("net_profit")).isEqualTo(10.1);
    assertThat(all.getDouble("costs")).isEqualTo(1.75);
    // 20.1 / (5 * 2) = 2.01, -10 / 4 = -2.5, and 7 as it was told.
    assertThat(all.getDouble("expected_r")).isCloseTo((2.01 - 2.5 + 7) / 3, within(1e-12));
    assertThat(all.getDouble("avg_holding_seconds"))
        .isCloseTo((7200 + 86_400 + 60) / 3.0, within(1e-9));
    assertThat(all.getDouble("max_drawdown")).isEqualTo(10);
    assertThat(all.fieldNames()).hasSize(25);
  }

  @ParameterizedTest
  @CsvSource({
    "bot=alpha, 2",
    "bot=none, 0",
    "strategy=trend, 1",
    "symbol=BTCUSDT, 3",
    "symbol=ETHUSDT, 0",
    "window=9d, 1",
    "window=10d, 2",
    "window=100d, 3",
    "window=2, 2",
    "window=1&bot=alpha, 1",
    "window=50, 3",
    "to=2026-02-01, 2",
    "from=2026-01-31T00:00:00Z, 2",
    "from=2026-01-31T00:00:01Z&to=2026-02-01T00:01:00Z, 0",
    "window=2d&to=2026-02-01, 1",
  })
  void choosesByBotStrategySymbolRangeAndWindow(String query, int trades) {
    assertThat(server.get("/v1/performance?" + query).getInteger("trades")).isEqualTo(trades);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "day | 2026-01-05 2026-01-31 2026-02-01",
        "week | 2026-01-05 2026-01-26",
        "month | 2026-01 2026-02",
        "bot | alpha beta",
        "strategy | orb trend",
        "symbol | BTCUSDT BTCUSDT",
        "regime | ranging volatile null",
      })
  void dividesByWhatIsAskedFor(String by, String values) {
    JsonObject answer = server.get("/v1/performance?by=" + by);
    assertThat(answer.getString("by")).isEqualTo(by);
    List<JsonObject> rows =
        answer.getJsonArray("rows").stream().map(JsonObject.class::cast).toList();
    assertThat(rows.stream().map(row -> String.valueOf(row.getString(by))))
        .containsExactly(values.split(" "));
    assertThat(rows.stream().mapToInt(row -> row.getInteger("trades")).sum()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "window=0, window",
    "window=d, window",
    "window=5w, window",
    "window=9999999, window",
    "by=year, by",
    "from=2&to=1, from",
    "venue=binance, venue",
    "symbol=%20, symbol",
  })
  void refusesAParameterByItsName(String query, String name) {
    assertThat(server.problem(400, "/v1/performance?" + query).getString("detail"))
        .startsWith(name + ": ");
  }
}
