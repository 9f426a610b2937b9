package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of five years through the whole server, while its roll-up runs: every candle
 * that it answers is what the raw rows say, in exact decimals, whatever is asked.
 */
class CandleConformanceIT {
  private static final int MOST_FILLED = 3_000;

  /** Together the tests compare at least so many. */
  private static final long DUE = 100_000;

  private static final String SESSION = "America/New_York 09:30-16:00";
  private static final List<String> PLAIN =
      List.of(
          "1m", "5m", "15m", "1h", "4h", "1d", "7m", "10m", "90m", "12h", "3d", "1w", "1M", "3M",
          "1s", "5s", "30s", "90s");

  private static RunningServer server;
  private static long compared;

  @BeforeAll
  static void start() {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
    assertThat(compared).as("candles compared").isGreaterThanOrEqualTo(DUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {101, 102})
  void everyCandleIsWhatTheRawRowsSay(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RawMarket market = RawMarket.ofYears(seed, Instant.now().getEpochSecond());
    MarketOverHttp http = new MarketOverHttp(server, "SEED" + seed);
    for (int round = 0; round < 2; round++) {
      for (int batch = 0; batch < 4; batch++) {
        http.trades(market.trade(200));
        http.amend(market.amend(40));
        http.candles(market.send(40));
      }
      setSession(http.symbol());
      for (Asked asked : series()) {
        for (Source source : asked.plain() ? Source.values() : new Source[] {Source.AUTO}) {
          compare(http, market, asked, source, random);
        }
      }
    }
    System.out.println("seed " + seed + ": " + compared + " candles compared so far");
  }

  /** What is asked for again and again. */
  private record Asked(String timeframe, String tz, Buckets buckets) {
    boolean plain() {
      return tz.isEmpty();
    }

    /** Whether the answer may have changed between two moments without any row. */
    boolean turned(long before, long after) {
      return buckets.floor(before) != buckets.floor(after) && buckets.grid() > 3_600;
    }
  }

  private static List<Asked> series() {
    TradingHours session = TradingHours.parse(SESSION).orElseThrow();
    List<Asked> series = new ArrayList<>();
    for (String text : PLAIN) {
      series.add(new Asked(text, "", Buckets.utc(timeframe(text))));
    }
    for (String text : List.of("1m", "65m", "1d", "1w")) {
      series.add(new Asked(text, "&tz=session", new TradingHoursBuckets(timeframe(text), session)));
    }
    for (String zone : List.of("America/New_York", "Asia/Kolkata")) {
      for (String text : List.of("1d", "1w", "1M")) {
        series.add(
            new Asked(text, "&tz=" + zone, new ZoneBuckets(timeframe(text), ZoneId.of(zone))));
      }
    }
    return series;
  }

  private static Timeframe timeframe(String text) {
    return Timeframe.parse(text).orElseThrow();
  }

  private static void setSession(String symbol) {
    String body = new JsonObject().put("session", SESSION).encode();
    int status =
        server
            .send("PUT", "/v1/instruments/v/" + symbol, body, "Content-Type", "application/json")
            .statusCode();
    assertThat(status).isEqualTo(200);
  }

  private static void compare(
      MarketOverHttp http, RawMarket market, Asked asked, Source source, Random random) {
    String query = asked.tz() + "&source=" + source.name().toLowerCase(Locale.ROOT);
    long before;
    List<Candle> expected;
    List<Candle> read;
    do {
      before = Instant.now().getEpochSecond();
      expected =
          new Oracle(market, before).candles(timeframe(asked.timeframe()), asked.buckets(), source);
      read = http.read(asked.timeframe(), query + "&from=0&limit=10000");
    } while (asked.turned(before, Instant.now().getEpochSecond()));
    assertSame(asked, query, read, expected);
    if (!read.isEmpty()) {
      comparePart(http, asked, query, read, random);
    }
  }

  /** A random part of what was read as a whole: pages, orders, fillings, closed ones only. */
  private static void comparePart(
      MarketOverHttp http, Asked asked, String query, List<Candle> all, Random random) {
    int from = random.nextInt(all.size());
    int to = Math.min(all.size() - 1, from + random.nextInt(400));
    boolean closedOnly = random.nextBoolean();
    Fill fill = Fill.values()[random.nextInt(3)];
    long length = timeframe(asked.timeframe()).longestSeconds();
    long until = Math.min(all.get(to).ts() + 1, all.get(from).ts() + length * MOST_FILLED);
    List<Candle> expected = new ArrayList<>();
    for (Candle candle : all.subList(from, to + 1)) {
      if (candle.ts() < until && (candle.closed() || !closedOnly)) {
        expected.add(candle);
      }
    }
    expected = filled(asked.buckets(), expected, fill);
    boolean descending = random.nextBoolean();
    if (descending) {
      Collections.reverse(expected);
    }
    String part =
        "&from=%d&to=%d&limit=%d&state=%s&fill=%s&order=%s"
            .formatted(
                all.get(from).ts(),
                until,
                20 + random.nextInt(300),
                closedOnly ? "closed" : "all",
                fill.name().toLowerCase(Locale.ROOT),
                descending ? "desc" : "asc");
    assertSame(asked, query + part, http.read(asked.timeframe(), query + part), expected);
    if (random.nextInt(6) == 0) {
      int latest = 50 + random.nextInt(300);
      List<Candle> back = http.read(asked.timeframe(), query + "&order=desc&limit=" + latest);
      Collections.reverse(back);
      assertSame(asked, query + " from the latest on", back, all);
    }
  }

  private static List<Candle> filled(Buckets buckets, List<Candle> candles, Fill fill) {
    if (fill == Fill.NONE || candles.isEmpty()) {
      return candles;
    }
    List<Candle> filled = new ArrayList<>(List.of(candles.get(0)));
    for (int i = 1; i < candles.size(); i++) {
      double close = candles.get(i - 1).close();
      long next = buckets.next(candles.get(i - 1).ts());
      for (; next < candles.get(i).ts(); next = buckets.next(next)) {
        filled.add(fill == Fill.NULL ? Candle.empty(next, true) : Candle.flat(next, close, true));
      }
      filled.add(candles.get(i));
    }
    return filled;
  }

  private static void assertSame(
      Asked asked, String query, List<Candle> read, List<Candle> expected) {
    Oracle.assertSame(asked.timeframe() + " " + query, read, expected);
    compared += read.size();
  }
}
