package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.candle.RawMarket.Trade;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a late trade costs and how soon it is in the stored candles. */
class LateTradeIT {
  private static final List<String> LEVELS = List.of("1m", "5m", "15m", "1h", "4h", "1d");
  private static final int SYMBOLS = 20;

  private final TestDatabase database = TestDatabase.shared();
  private final long now = Instant.now().getEpochSecond();
  private RunningServer server;

  @BeforeEach
  void start() throws InterruptedException {
    database.clear();
    server = RunningServer.with(Map.of());
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      List<Trade> trades = new ArrayList<>();
      for (int i = 0; i < 240; i++) {
        trades.add(trade(now - 20 * 3_600 + i * 299, i, "10"));
      }
      market(symbol).trades(trades);
    }
    await(Duration.ofSeconds(30), () -> database.number("select count(*) from ingest.dirty") == 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MarketOverHttp market(int symbol) {
    return new MarketOverHttp(server, "LATE" + symbol);
  }

  private static Trade trade(long second, long id, String price) {
    return new Trade(second * 1_000_000, id, new BigDecimal(price), BigDecimal.ONE, 1, 0);
  }

  @Test
  void aLateTradeIsInEveryStoredCandleWithinFiveSecondsAndCostsOneOfEach() throws Exception {
    double rolledUp = rolledUp();
    long before = database.number("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    long late = now - 10 * 3_600;
    market(7).trades(List.of(trade(late, 1_000_000, "99")));
    for (String level : LEVELS) {
      assertThat(market(7).read(level, "&from=" + (late - 90_000)))
          .as("read %s", level)
          .anyMatch(candle -> candle.high() == 99);
    }
    await(Duration.ofSeconds(5), () -> LEVELS.stream().allMatch(this::isStored));
    assertThat(rolledUp() - rolledUp).as("minutes made again").isEqualTo(1);
    boolean apache = database.text("select edition from ingest.edition").equals("apache");
    for (String level : apache ? LEVELS : List.of("1m")) {
      String written = "select count(*) from market.candles_%s where xmin::text::bigint >= %d";
      assertThat(database.number(written.formatted(level, before))).as(level).isEqualTo(1);
    }
  }

  private boolean isStored(String level) {
    return database.number("select count(*) from market.candles_" + level + " where high = 99")
        == 1;
  }

  private double rolledUp() {
    return server
        .send("GET", "/metrics", "")
        .body()
        .lines()
        .filter(line -> line.startsWith("candlewick_rollup_candles_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findAny()
        .orElseThrow();
  }

  private static void await(Duration most, BooleanSupplier condition) throws InterruptedException {
    long giveUp = System.nanoTime() + most.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("still waiting after " + most).isLessThan(giveUp);
      Thread.sleep(50);
    }
  }
}
