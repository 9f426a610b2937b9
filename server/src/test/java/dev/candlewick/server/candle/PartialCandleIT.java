package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.candle.RawMarket.Trade;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Minutes that are made of what the marks tell of their trades, against those read from trades. */
class PartialCandleIT {
  private static final long RECENT = Instant.now().getEpochSecond() / 60 * 60 - 7_200;

  /** Rows as old as these are marked by day; the minutes are of two days. */
  private static final long LATE = Instant.now().getEpochSecond() / 86_400 * 86_400 - 87_000;

  private static final int MINUTES = 40;
  private static final int NO_PRICE = 1;

  /** Whatever reads the trades of a minute again fails. */
  private static final String NO_READING =
      """
      create or replace function market.built_buckets(
        of_instrument integer, range_start timestamptz, range_end timestamptz, step interval,
        within_start timestamptz, within_end timestamptz)
      returns table (
        ts timestamptz, open double precision, high double precision, low double precision, close double precision,
        volume double precision, quote_volume double precision, trades bigint,
        taker_buy_volume double precision)
      language plpgsql stable as $$ begin raise exception 'trades are read'; end $$
      """;

  private static final String WRONG =
      """
      select count(*) from market.candles_1m c cross join lateral
        market.built_minute(c.instrument_id, c.ts) b
      where (c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume)
        is distinct from
        (b.open, b.high, b.low, b.close, b.volume, b.quote_volume, b.trades, b.taker_buy_volume)
      """;

  private final TestDatabase database = TestDatabase.shared();
  private final String reading =
      database.text("select pg_get_functiondef('market.built_buckets'::regproc)");
  private final Random random = new Random(7);
  private long start;
  private RunningServer server;
  private MarketOverHttp market;

  @BeforeEach
  void start() {
    database.clear();
    server = RunningServer.with(Map.of());
    market = new MarketOverHttp(server, "PARTIAL");
  }

  @AfterEach
  void stop() {
    database.execute(reading);
    server.close();
  }

  static LongStream starts() {
    return LongStream.of(RECENT, LATE);
  }

  @ParameterizedTest
  @MethodSource("starts")
  void minutesAreMadeWithoutReadingTheirTradesAgain(long first) throws Exception {
    start = first;
    database.execute(NO_READING);
    List<Trade> trades = new ArrayList<>();
    for (int minute = 0; minute < MINUTES; minute++) {
      for (int i = 0; i < (start == RECENT ? 5 : 50) + random.nextInt(60); i++) {
        trades.add(trade(minute, i, random.nextInt(20) == 0 ? random.nextInt(4) : 0));
      }
      trades.add(trade(minute, 1_000, 0));
    }
    market.trades(trades);
    awaitRolledUp();
    database.execute(reading);
    assertThat(database.number("select count(*) from market.candles_1m")).isEqualTo(MINUTES);
    assertThat(database.number("select sum(trades) from market.candles_1m"))
        .isEqualTo(trades.size());
    assertThat(database.number(WRONG)).as("candles unlike their trades").isZero();
  }

  @ParameterizedTest
  @MethodSource("starts")
  void tradesThatComeLaterAreAddedToThoseBefore(long first) throws Exception {
    start = first;
    int each = start == RECENT ? 8 : 60;
    for (int flags : new int[] {0, NO_PRICE}) {
      for (int round = 0; round < 3; round++) {
        List<Trade> trades = new ArrayList<>();
        for (int minute = 0; minute < MINUTES; minute++) {
          for (int i = 0; i < each; i++) {
            int id = 100_000 * flags + 100 * round + i;
            trades.add(trade(minute + MINUTES * flags, id, round == 0 ? flags : 0));
          }
        }
        market.trades(trades);
        awaitRolledUp();
        assertThat(database.number(WRONG)).as("candles unlike their trades").isZero();
      }
    }
    assertThat(database.number("select count(*) from market.candles_1m")).isEqualTo(2 * MINUTES);
    assertThat(database.number("select sum(trades) from market.candles_1m"))
        .isEqualTo(2L * 3 * each * MINUTES);
  }

  /**
   * Minutes in pieces, some of many and some of few trades, in several messages that wait together,
   * some of them sent twice, and some for minutes that have a candle already.
   */
  @ParameterizedTest
  @MethodSource("starts")
  void minutesInPiecesAreAsTheirTrades(long first) throws Exception {
    start = first;
    int sent = 0;
    for (int round = 0; round < 3; round++) {
      // Somebody else leads the roll-up, and does nothing.
      try (Connection leader = database.connect();
          Statement lead = leader.createStatement()) {
        lead.execute("select pg_advisory_lock(740101)");
        for (int message = 0; message < 6; message++) {
          List<Trade> trades = pieces(sent);
          sent += trades.size();
          market.trades(trades);
          if (random.nextInt(3) == 0) {
            market.trades(trades);
          }
        }
      }
      awaitRolledUp();
      assertThat(database.number(WRONG)).as("candles unlike their trades").isZero();
      assertThat(database.number("select sum(trades) from market.candles_1m")).isEqualTo(sent);
    }
  }

  private List<Trade> pieces(int firstId) {
    List<Trade> trades = new ArrayList<>();
    for (int piece = 0; piece < 12; piece++) {
      int minute = random.nextInt(MINUTES);
      int many = random.nextBoolean() ? 50 + random.nextInt(30) : 1 + random.nextInt(20);
      for (int i = 0; i < many; i++) {
        trades.add(trade(minute, firstId + trades.size(), 0));
      }
    }
    return trades;
  }

  /** Many share a moment; some have no side, some prices and sizes many digits. */
  private Trade trade(int minute, int id, int flags) {
    long micros = (start + minute * 60L + random.nextInt(60)) * 1_000_000;
    boolean long_ = random.nextInt(10) == 0;
    BigDecimal price =
        BigDecimal.valueOf(random.nextLong(1, 10_000_000), long_ ? random.nextInt(12) : 2);
    BigDecimal size = BigDecimal.valueOf(random.nextLong(1, 5_000_000_000L), long_ ? 13 : 5);
    int side = minute % 4 == 0 ? random.nextInt(3) : 1 + random.nextInt(2);
    return new Trade(micros, id, price, size, side, flags);
  }

  private void awaitRolledUp() throws InterruptedException {
    long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (database.number("select count(*) from ingest.dirty where level <= 60") > 0) {
      assertThat(System.nanoTime()).as("still not rolled up").isLessThan(giveUp);
      Thread.sleep(50);
    }
  }
}
