package dev.candlewick.server.candle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.candle.RawMarket.Trade;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads while what was loaded is not rolled up yet, and the roll-up of it. */
class BacklogIT {
  private static final int DAY = 86_400;
  private static final List<String> TIMEFRAMES = List.of("1m", "7m", "5m", "1h", "4h", "1d", "1w");

  /** A trade a day of somebody else's over 400 days, and marks of 40 more instruments. */
  private static final String OTHERS =
      """
      insert into market.trades
        select 1000, date_trunc('day', now()) - day * interval '1 day', 1, 5, 1, 0, 0
        from generate_series(1, 400) day;
      insert into ingest.dirty (level, bucket, ids, minutes)
        select 60, date_trunc('day', now()) - day * interval '1 day', array[1000 + id],
          decode(repeat('ff', 180), 'hex')
        from generate_series(1, 400) day cross join generate_series(0, 40) id
      """;

  private final TestDatabase database = TestDatabase.shared();
  private final long today = Instant.now().getEpochSecond() / DAY * DAY;
  private RunningServer server;
  private Connection leader;

  @BeforeEach
  void start() throws SQLException {
    database.clear();
    server = RunningServer.with(Map.of());
    leader = database.connect();
    // Somebody else leads the roll-up, and does nothing.
    try (Statement lead = leader.createStatement()) {
      lead.execute("select pg_advisory_lock(740101)");
    }
  }

  @AfterEach
  void stop() throws SQLException {
    leader.close();
    server.close();
    database.clear();
  }

  @Test
  void aReadPaysForItsOwnRangeOnly() throws Exception {
    MarketOverHttp few = new MarketOverHttp(server, "FEW");
    load(few, 4, 60);
    read(few);
    long alone = nanos(few);
    database.execute(OTHERS);
    MarketOverHttp many = new MarketOverHttp(server, "MANY");
    load(many, 4, 60);
    Map<String, List<Candle>> unrolled = read(many);
    assertThat(requireNonNull(unrolled.get("1d")).stream().mapToLong(Candle::trades).sum())
        .isEqualTo(4 * 1_440);
    assertThat(requireNonNull(unrolled.get("1m"))).hasSize(4 * 1_440);
    // Each of its minutes once looked at every chunk: a thousand times as long.
    assertThat(nanos(many)).isLessThan(10 * alone + Duration.ofSeconds(1).toNanos());

    database.execute("delete from ingest.dirty where ids[1] >= 1000");
    leader.close();
    awaitRolledUp();
    assertThat(read(many)).isEqualTo(unrolled);
    assertThat(read(few)).hasSameSizeAs(unrolled);
  }

  @Test
  void fewTradesOfManyDaysAreReadAndRolledUp() throws Exception {
    MarketOverHttp sparse = new MarketOverHttp(server, "SPARSE");
    List<Trade> trades = new ArrayList<>();
    for (int day = 1; day <= 300; day++) {
      for (int i = 0; i < 3; i++) {
        trades.add(trade(today - (long) day * DAY + i * 9_000L, i, day + i));
      }
    }
    sparse.trades(trades);
    Map<String, List<Candle>> unrolled = read(sparse);
    assertThat(requireNonNull(unrolled.get("1d")))
        .hasSize(300)
        .allMatch(candle -> candle.trades() == 3);
    leader.close();
    awaitRolledUp();
    assertThat(read(sparse)).isEqualTo(unrolled);
    // One late trade in each tenth day of what is rolled up by now.
    try (Connection again = database.connect();
        Statement lead = again.createStatement()) {
      lead.execute("select pg_advisory_lock(740101)");
      List<Trade> late = new ArrayList<>();
      for (int day = 10; day <= 300; day += 10) {
        late.add(trade(today - (long) day * DAY + 9_001, 7, 1_000));
      }
      sparse.trades(late);
      unrolled = read(sparse);
      assertThat(requireNonNull(unrolled.get("1d")))
          .filteredOn(candle -> candle.high() == 1_000)
          .hasSize(30);
    }
    awaitRolledUp();
    assertThat(read(sparse)).isEqualTo(unrolled);
  }

  /** A chunk a day would be thousands of them in one transaction. */
  @Test
  void aTradeADayOfTenYearsIsTakenInOneRequest() {
    MarketOverHttp daily = new MarketOverHttp(server, "DAILY");
    List<Trade> trades = new ArrayList<>();
    for (int day = 3_650; day > 0; day--) {
      trades.add(trade(today - (long) day * DAY + 3_600, day, day));
    }
    daily.trades(trades);
    List<Candle> days = daily.read("1d", "&limit=10000&from=" + (today - 3_650L * DAY));
    assertThat(days).hasSize(3_650);
    assertThat(days.get(0).open()).isEqualTo(3_650);
    assertThat(database.number("select count(*) from public.show_chunks('market.trades')"))
        .isLessThan(250);
    // What comes where there is no chunk yet has a day's again.
    daily.trades(List.of(trade(today - 6_000L * DAY, 1, 1)));
    assertThat(
            database.number(
                "select count(*) from timescaledb_information.chunks where hypertable_name ="
                    + " 'trades' and range_start < now() - interval '5900 days' and range_end -"
                    + " range_start = interval '1 day'"))
        .isEqualTo(1);
    assertThat(database.number("select count(*) from market.trades")).isEqualTo(3_651);
  }

  @Test
  void roomForOldRowsLocksNoChunkButItsOwn() throws SQLException {
    database.execute(OTHERS);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          "select ingest.make_long_chunks('market.trades', array[now() - interval '3000 days'])");
      try (ResultSet locked =
          statement.executeQuery(
              "select count(distinct l.relation) from pg_locks l join"
                  + " public.show_chunks('market.trades') chunk on chunk = l.relation where l.pid ="
                  + " pg_backend_pid() and l.mode <> 'AccessShareLock'")) {
        locked.next();
        assertThat(locked.getInt(1)).isEqualTo(1);
      }
      connection.rollback();
    }
  }

  /** The Community edition compresses what is a few days old: late rows meet that as well. */
  @Test
  void lateTradesOfAMonthMeetCompressedChunks() throws Exception {
    MarketOverHttp month = new MarketOverHttp(server, "MONTH");
    load(month, 30, 3_600);
    leader.close();
    awaitRolledUp();
    if (database.text("select edition from ingest.edition").equals("community")) {
      for (String table : List.of("trades", "candles_1m")) {
        database.execute(
            "select public.compress_chunk(c, true) from public.show_chunks('market.%s') c"
                .formatted(table));
      }
    }
    List<Trade> late = new ArrayList<>();
    for (int day = 30; day > 0; day--) {
      late.add(trade(today - (long) day * DAY + 60, 5_000, 1_000));
      late.add(trade(today - (long) day * DAY + 7_201, 5_001, 1));
    }
    month.trades(late);
    Map<String, List<Candle>> read = read(month);
    assertThat(requireNonNull(read.get("1d")))
        .hasSize(30)
        .allMatch(day -> day.trades() == 26 && day.high() == 1_000 && day.low() == 1);
    awaitRolledUp();
    assertThat(read(month)).isEqualTo(read);
  }

  private void load(MarketOverHttp market, int days, int everySeconds) {
    for (int day = days; day > 0; day--) {
      List<Trade> trades = new ArrayList<>();
      for (int i = 0; i < DAY / everySeconds; i++) {
        trades.add(trade(today - (long) day * DAY + (long) i * everySeconds, i, 100 + i % 7));
      }
      market.trades(trades);
    }
  }

  private static Trade trade(long second, long id, int price) {
    return new Trade(second * 1_000_000, id, BigDecimal.valueOf(price), BigDecimal.ONE, 1, 0);
  }

  private Map<String, List<Candle>> read(MarketOverHttp market) {
    Map<String, List<Candle>> read = new HashMap<>();
    for (String timeframe : TIMEFRAMES) {
      String range = "&limit=10000&from=" + (today - 400L * DAY) + "&to=" + today;
      read.put(timeframe, market.read(timeframe, range));
    }
    return read;
  }

  private long nanos(MarketOverHttp market) {
    long start = System.nanoTime();
    market.read("1d", "&limit=10000&from=" + (today - 400L * DAY));
    return System.nanoTime() - start;
  }

  private void awaitRolledUp() throws InterruptedException {
    long giveUp = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (database.number("select count(*) from ingest.dirty") > 0) {
      assertThat(System.nanoTime()).as("still not rolled up").isLessThan(giveUp);
      Thread.sleep(50);
    }
  }
}
