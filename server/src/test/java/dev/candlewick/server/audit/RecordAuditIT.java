package dev.candlewick.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.CoverageRepository;
import dev.candlewick.server.candle.Gaps;
import dev.candlewick.server.feature.DeclarationRepository;
import dev.candlewick.server.feature.FeatureCheck;
import dev.candlewick.server.web.Caller;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one bot wrote of one order, and in it one planted fault for each check. */
class RecordAuditIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final String[] KINDS = {
    "bots", "orders", "fills", "positions", "signals", "balances", "journal"
  };

  private static final String CLEAN =
      """
      insert into record.bots (ts, bot) values ('2026-01-05T00:00:00Z', 'alpha');
      insert into record.orders (ts, bot, order_id, status, quantity, filled_quantity, remaining_quantity) values
        ('2026-01-05T10:00:00Z', 'alpha', 'o1', 'submitted', 2, 0, 2),
        ('2026-01-05T10:00:01Z', 'alpha', 'o1', 'partially_filled', 2, 1, 1),
        ('2026-01-05T10:00:02Z', 'alpha', 'o1', 'filled', 2, 2, 0);
      insert into record.fills (ts, bot, fill_id, order_id, position_id, quantity, price, cost) values
        ('2026-01-05T10:00:01Z', 'alpha', 'f1', 'o1', 'p1', 1, 100, 100),
        ('2026-01-05T10:00:02Z', 'alpha', 'f2', 'o1', 'p1', 1, 101, 101);
      insert into record.positions (ts, bot, position_id, status, total_pnl, realized_pnl, unrealized_pnl) values
        ('2026-01-05T10:00:02Z', 'alpha', 'p1', 'open', 3, 1, 2),
        ('2026-01-05T11:00:00Z', 'alpha', 'p1', 'closed', 4, 4, 0);
      insert into record.signals (ts, bot, signal_id, order_id, executed, rejected) values
        ('2026-01-05T09:59:59Z', 'alpha', 's1', 'o1', true, false);
      insert into record.balances (ts, bot, account, total_balance, available_balance, locked_balance) values
        ('2026-01-05T11:00:00Z', 'alpha', 'main', 10, 7, 3);
      insert into record.journal (ts, bot, trade_id, entry_time, exit_time, win_loss, pnl_usd) values
        ('2026-01-05T11:00:00Z', 'alpha', 't1', '2026-01-05T10:00:00Z', '2026-01-05T11:00:00Z', 'win', 4)
      """;

  private static TestServer server;
  private static volatile Set<String> confinedTo = Set.of();

  @BeforeAll
  static void listen() throws IOException {
    for (String kind : KINDS) {
      String declaration = Files.readString(Path.of("..", "sql", "kinds", kind + ".json"));
      DATABASE.text("select ingest.save_kind('" + declaration.replace("'", "''") + "'::jsonb)");
    }
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              router
                  .route()
                  .handler(
                      ctx -> {
                        new Caller(1, confinedTo).put(ctx);
                        ctx.next();
                      });
              Candles candles = new Candles(new CandleRepository(pool), Clock.systemUTC());
              FeatureCheck features =
                  new FeatureCheck(new DeclarationRepository(pool, pool), candles);
              Gaps gaps = new Gaps(candles, new CoverageRepository(pool));
              new AuditHandler(
                      new HourlyAudit(
                          new AuditRepository(pool), gaps, features, new SimpleMeterRegistry()))
                  .mount(router);
            });
  }

  @AfterAll
  static void close() {
    server.close();
    empty();
  }

  @BeforeEach
  void oneOrder() {
    DATABASE.clear();
    confinedTo = Set.of();
    empty();
    DATABASE.execute(CLEAN);
  }

  private static void empty() {
    for (String kind : KINDS) {
      DATABASE.execute("truncate record." + kind + ", record_latest." + kind);
    }
  }

  private static Map<String, Long> failures() {
    Map<String, Long> failures = new TreeMap<>();
    for (Object each : server.get("/v1/audit").getJsonArray("checks")) {
      JsonObject check = (JsonObject) each;
      if (check.getString("status").equals("fail")) {
        failures.put(check.getString("name"), check.getLong("failures"));
      }
    }
    return failures;
  }

  @Test
  void findsNothingInAnOrdersLife() {
    assertThat(failures()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          orders_state_machine        | update record.orders set status = 'cancelled' where ts = '2026-01-05T10:00:01Z'
          orders_overfilled           | update record.orders set filled_quantity = 3 where ts = '2026-01-05T10:00:02Z'
          orders_do_not_add_up        | update record.orders set remaining_quantity = 5 where ts = '2026-01-05T10:00:01Z'
          orders_do_not_add_up        | update record.orders set filled_quantity = 1, remaining_quantity = null where ts = '2026-01-05T10:00:02Z'
          orders_filled_without_fill  | update record.orders set filled_quantity = 0, remaining_quantity = 2 where ts = '2026-01-05T10:00:02Z'
          orders_times                | update record.orders set submitted_at = '2026-01-05', filled_at = '2026-01-04'
          fills_without_orders        | update record.fills set order_id = 'o9' where fill_id = 'f1'
          fills_not_positive          | update record.fills set quantity = 0, cost = 0 where fill_id = 'f1'
          fills_cost                  | update record.fills set cost = 1 where fill_id = 'f1'
          positions_without_fills     | delete from record.fills
          positions_state_machine     | insert into record.positions (ts, bot, position_id, status) values ('2026-01-05T12:00:00Z', 'alpha', 'p1', 'open')
          positions_times             | update record.positions set opened_at = '2026-01-05', closed_at = '2026-01-04'
          positions_pnl               | update record.positions set total_pnl = 99
          balances_do_not_add_up      | update record.balances set total_balance = 11
          balances_negative           | update record.balances set available_balance = -1, total_balance = 2
          signals_without_orders      | update record.signals set order_id = 'o9'
          signals_executed_and_rejected | update record.signals set rejected = true
          journal_times               | update record.journal set exit_time = '2026-01-05T09:00:00Z'
          journal_win_loss            | update record.journal set pnl_usd = -4
          records_of_unknown_bots     | insert into record_latest.orders (ts, bot, order_id) values ('2026-01-05T10:00:00Z', 'omega', 'o1')
          """)
  void findsAPlantedFault(String check, String fault) {
    DATABASE.execute(fault);

    assertThat(failures()).containsKey(check);
  }

  @Test
  void tellsAKeyThatIsConfinedToBotsNothingOfThem() {
    DATABASE.execute("update record.journal set pnl_usd = -4");
    confinedTo = Set.of("beta");

    assertThat(failures()).isEmpty();
    assertThat(server.get("/v1/audit").encode()).doesNotContain("alpha", "\"omega\"");
  }
}
