package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.candle.RawMarket.Trade;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code sql/move-to-community}: a moved database answers as the one it comes from would have. */
class MoveToCommunityIT {
  private static final int HOUR = 3_600;
  private static final int DAY = 86_400;
  private static final Map<String, Integer> KEPT =
      Map.of("TRADES", 2, "CANDLES_1M", 10, "CANDLES_5M", 60);

  private final TestDatabase old = TestDatabase.shared();
  private final long now = Instant.now().getEpochSecond();
  private final RawMarket market = new RawMarket(11, now);

  @BeforeEach
  @AfterEach
  void clear() {
    old.clear();
  }

  @BeforeAll
  static void psqlIsThere() {
    assumeThat(Stream.of(System.getenv("PATH").split(File.pathSeparator)))
        .as("psql is on the path")
        .anyMatch(folder -> Path.of(folder, "psql").toFile().canExecute());
  }

  @Test
  void lateTradesAreInTheCandlesOfAMovedDatabase() throws Exception {
    List<Trade> young = fill();
    if (old.text("select edition from ingest.edition").equals("community")) {
      move(young);
    }
  }

  /** Years of one instrument; hours of another, from the middle of every bucket on. */
  private List<Trade> fill() throws Exception {
    List<Trade> young = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      young.add(trade(now - 30 * HOUR + i * 17 * 60L + 37, i, "100"));
    }
    try (RunningServer server = server(old, Map.of())) {
      MarketOverHttp whole = new MarketOverHttp(server, "s");
      for (int days : List.of(1, 4, 30, 120)) {
        whole.trades(market.tradeLate(60, days * DAY, days * DAY + 8 * HOUR));
      }
      whole.candles(market.send(40));
      new MarketOverHttp(server, "young").trades(young);
      server.send("PUT", "/v1/kinds/heartbeats", KIND);
      server.send("POST", "/v1/records/heartbeats", ROW, "Content-Type", "application/json");
      awaitRolledUp(old);
      assertThat(script(old.url()))
          .as("nothing is dropped: everything is made again")
          .contains("5m|300|-infinity|-infinity|1 hour\n")
          .contains("1d|86400|-infinity|-infinity|3 days\n");
    }
    KEPT.forEach(
        (of, days) ->
            old.text(
                "select ingest.drop_old_chunks('market.%s', interval '%d days')"
                    .formatted(of.toLowerCase(Locale.ROOT), days)));
    assertThat(script(old.url()))
        .contains("5m|300|%1$s|%1$s|1 hour\n".formatted(dropped("1m")))
        .contains("15m|900|%s|%s|2 hours\n".formatted(dropped("1m"), dropped("5m")))
        .contains("1h|3600|%s|-infinity|6 hours\n".formatted(dropped("1m")));
    return young;
  }

  private void move(List<Trade> young) throws Exception {
    TestDatabase moved = TestDatabase.empty();
    moved.migrate();
    script(old.url(), moved.url());
    try (RunningServer server = server(moved, KEPT)) {
      assertCandles(server);
      assertThat(server.send("GET", "/v1/records/heartbeats", "").body()).contains("\"beats\":7");
      // Before its first minute, in the buckets that begin with it, and in the last one.
      List<Trade> late = new ArrayList<>();
      for (int minutes : List.of(-11, 1, 3, 200, 27 * 60)) {
        late.add(trade(now - 30 * HOUR + minutes * 60L, 1_000 + minutes, "250"));
      }
      new MarketOverHttp(server, "young").trades(late);
      late.addAll(young);
      new MarketOverHttp(server, "s").trades(market.tradeLate(60, 60, 40 * HOUR));
      assertYoung(server, late);
      assertCandles(server);
      awaitRolledUp(moved);
      assertYoung(server, late);
      assertCandles(server);
    }
  }

  private static final String KIND =
      """
      {"kind":"heartbeats","key":["bot"],"columns":[{"name":"bot","type":"text","required":true},
        {"name":"beats","type":"integer"}]}
      """;

  private static final String ROW = "{\"rows\":[{\"ts\":1,\"bot\":\"alpha\",\"beats\":7}]}";

  private static Trade trade(long second, long id, String price) {
    return new Trade(second * 1_000_000, id, new BigDecimal(price), BigDecimal.ONE, 1, 0);
  }

  private static RunningServer server(TestDatabase database, Map<String, Integer> kept) {
    Map<String, String> settings = new HashMap<>();
    settings.put("DB_URL", database.url());
    kept.forEach((of, days) -> settings.put("RETENTION_" + of, days + "d"));
    return RunningServer.with(settings);
  }

  private String dropped(String level) {
    return old.text(
        "select before from ingest.dropped where relation = 'market.candles_" + level + "'");
  }

  private static String script(String... urls) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "../sql/move-to-community"));
    command.addAll(List.of(urls));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static void awaitRolledUp(TestDatabase database) throws InterruptedException {
    long giveUp = System.nanoTime() + 30_000_000_000L;
    String marks = "select count(*) from ingest.dirty where bucket < now() - interval '2 minutes'";
    while (database.number(marks) > 0) {
      assertThat(System.nanoTime()).as("still not rolled up").isLessThan(giveUp);
      Thread.sleep(50);
    }
  }

  private static void assertYoung(RunningServer server, List<Trade> trades) {
    for (String text : List.of("1m", "5m", "1h", "4h", "1d")) {
      Buckets buckets = Buckets.utc(Timeframe.parse(text).orElseThrow());
      Map<Long, Long> high = new HashMap<>();
      Map<Long, Long> count = new HashMap<>();
      for (Trade trade : trades) {
        long start = buckets.floor(Math.floorDiv(trade.micros(), 1_000_000));
        high.merge(start, trade.price().longValueExact(), Math::max);
        count.merge(start, 1L, Long::sum);
      }
      List<Candle> read = new MarketOverHttp(server, "young").read(text, "&limit=10000&from=0");
      assertThat(read).as(text).hasSize(count.size());
      assertThat(read)
          .as(text)
          .allSatisfy(
              candle -> {
                assertThat(candle.trades()).isEqualTo(count.get(candle.ts()));
                assertThat((long) candle.high()).isEqualTo(high.get(candle.ts()));
              });
    }
  }

  private void assertCandles(RunningServer server) {
    for (String text : List.of("1m", "5m", "15m", "1h", "4h", "12h", "1d", "1w", "1M")) {
      Timeframe timeframe = Timeframe.parse(text).orElseThrow();
      Buckets buckets = Buckets.utc(timeframe);
      String level = Level.of(timeframe, buckets).relation().substring(15);
      long from = now - KEPT.getOrDefault("CANDLES_" + level.toUpperCase(Locale.ROOT), 2_000) * DAY;
      List<Candle> expected;
      List<Candle> read;
      long before;
      do {
        before = Instant.now().getEpochSecond();
        expected =
            new Oracle(market, before)
                .candles(timeframe, buckets, Source.AUTO).stream()
                    .filter(candle -> candle.ts() >= from)
                    .toList();
        read = new MarketOverHttp(server, "s").read(text, "&limit=10000&from=" + from);
      } while (buckets.floor(before) != buckets.floor(Instant.now().getEpochSecond()));
      Oracle.assertSame(text, read, expected);
      assertThat(read).as(text).isNotEmpty();
    }
  }
}
