package dev.candlewick.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.ImportCommand;
import dev.candlewick.record.Retention;
import dev.candlewick.server.RunningServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Rows past their retention: in files that another engine reads, and only then dropped. */
class ArchiveIT extends ArchivedRows {
  @Test
  void anotherEngineCountsAndSumsTheDroppedTradesByDayAndSymbol() throws Exception {
    for (String symbol : List.of("BTC/USDT", "600519", "\u682a\u5f0f A", "A&B=50%+1")) {
      post(
          "trades", symbol, row(OLD, 1, "0.1", "x-1"), row(OLD.plusSeconds(86_399), 2, "0.2", "7"));
      post("trades", symbol, row(OLD.plus(1, ChronoUnit.DAYS), 3, "0.3", ""));
      post("trades", symbol, row(Instant.now(), 4, "4", "8"));
    }
    rollUp();
    offer("market.trades", 7);

    assertThat(archive().run()).as("%s", told).isTrue();

    assertThat(
            ask(
                "select strftime(date, '%Y-%m-%d') || ' ' || symbol || ' ' || count(*) || ' ' ||"
                    + " sum(size) from "
                    + files("trades")
                    + " where venue = 'v' group by date, symbol order by 1"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of("BTC/USDT", "600519", "\u682a\u5f0f A", "A&B=50%+1")
                .flatMap(
                    symbol ->
                        Stream.of(
                            DAY + " " + symbol + " 2 0.30000000000000004",
                            DAY.plusDays(1) + " " + symbol + " 1 0.3"))
                .toList());
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(4);
    assertThat(folder.resolve("trades/venue=v/symbol=BTC%2FUSDT/date=" + DAY + "/part-0.parquet"))
        .exists();
    assertThat(
            ask(
                "select concat_ws(' ', epoch_ms(ts), price, size, side, id, array_to_string(flags,"
                    + " '+')) from "
                    + files("trades")
                    + " where symbol = '600519' order by ts"))
        .containsExactly(
            OLD.toEpochMilli() + " 1.0 0.1 buy x-1 no_volume",
            OLD.plusSeconds(86_399).toEpochMilli() + " 2.0 0.2 buy 7 no_volume",
            OLD.plus(1, ChronoUnit.DAYS).toEpochMilli() + " 3.0 0.3 buy no_volume");
  }

  @Test
  void everyKindOfRowComesBackAsItWas() throws Exception {
    post(
        "quotes",
        "S",
        "{\"ts\":%d,\"bid\":1.25,\"bid_size\":null,\"ask\":1e-9}".formatted(OLD.toEpochMilli()));
    String candle =
        "{\"timeframe\":\"%s\",\"ts\":%d,\"open\":1,\"high\":2,\"low\":0.5,\"close\":1.5,\"volume\":1e21}";
    post(
        "candles",
        "S",
        candle.formatted("1m", OLD.toEpochMilli()),
        candle.formatted("5m", OLD.toEpochMilli()));
    assertThat(
            server
                .send(
                    "POST",
                    "/v1/records/orders",
                    "{\"rows\":["
                        + order("a")
                        + ","
                        + order("b").replace("\"venue\":\"v\",\"symbol\":\"S\",", "")
                        + "]}",
                    "Content-Type",
                    "application/json")
                .body())
        .contains("\"inserted\":2");
    rollUp();
    for (String relation : List.of("market.quotes", "market.candles_1m", "record.orders")) {
      offer(relation, 1);
    }
    DATABASE.execute(
        "insert into ingest.archive (relation, level, due) values ('market.candles_native', 300,"
            + " now() - interval '1 day')");

    assertThat(archive().run()).as("%s", told).isTrue();

    assertThat(ask("select concat_ws(' ', bid, bid_size, ask, symbol) from " + files("quotes")))
        .containsExactly("1.25 1e-09 S");
    assertThat(
            ask(
                "select concat_ws(' ', timeframe, open, high, low, close, volume, closed, source)"
                    + " from "
                    + files("candles")
                    + " order by 1"))
        .containsExactly(
            "1m 1.0 2.0 0.5 1.5 1e+21 true native", "5m 1.0 2.0 0.5 1.5 1e+21 true native");
    assertThat(
            ask(
                "select concat_ws(' ', order_id, venue, symbol, quantity, meta->>'a') from "
                    + files("orders")
                    + " order by 1"))
        .containsExactly(
            "a v S 0.100000000000000001 x\n, \"y\"", "b 0.100000000000000001 x\n, \"y\"");
    for (String relation :
        List.of("market.quotes", "market.candles_1m", "record.orders", "market.candles_native")) {
      assertThat(DATABASE.number("select count(*) from " + relation)).as(relation).isZero();
    }
  }

  @Test
  void aServerArchivesByItself() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"), row(Instant.now(), 1, "1", "2"));
    rollUp();
    try (RunningServer other =
        RunningServer.with(Map.of("ARCHIVE_DIR", folder.toString(), "RETENTION_TRADES", "7d"))) {
      for (int i = 0; DATABASE.number("select count(*) from market.trades") > 1; i++) {
        assertThat(i).isLessThan(2_400);
        Thread.sleep(50);
      }
      assertThat(ask("select id from " + files("trades"))).containsExactly("1");
      for (int i = 0;
          !other.send("GET", "/metrics", "").body().contains("candlewick_archive_rows 1.0");
          i++) {
        assertThat(i).isLessThan(2_400);
        Thread.sleep(50);
      }
    }
  }

  @Test
  void byHandItTakesWhatIsOlderThanTheRetentionGivenOrSaysWhyNot() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"), row(Instant.now(), 1, "1", "2"));
    rollUp();

    assertThat(archive().runByHand(null)).isTrue();
    assertThat(told.get(0)).isEqualTo("there was nothing to archive");
    assertThat(told.get(1)).startsWith("no server has decided yet what is past its retention");
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(2);

    Duration month = Duration.ofDays(30);
    assertThat(archive().runByHand(new Retention(month, month, Retention.NONE.candles()))).isTrue();
    assertThat(told).anyMatch(line -> line.startsWith("market.trades: no whole chunks before "));
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(2);

    told.clear();
    Duration week = Duration.ofDays(7);
    assertThat(archive().runByHand(new Retention(week, month, Retention.NONE.candles()))).isTrue();
    assertThat(told).hasSize(1).allMatch(line -> line.endsWith(": 1 rows"));
    assertThat(ask("select id from " + files("trades"))).containsExactly("1");
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
  }

  @Test
  void candlesAreTakenBackBelowRetentionAndAreNotArchivedAgain() throws Exception {
    String candle =
        "{\"timeframe\":\"%s\",\"ts\":%d,\"open\":1,\"high\":2,\"low\":0.5,\"close\":1.5,\"volume\":7}";
    post(
        "candles",
        "A/B",
        candle.formatted("1m", OLD.toEpochMilli()),
        candle.formatted("5m", OLD.toEpochMilli()));
    rollUp();
    Map<String, String> short1m =
        Map.of(
            "ARCHIVE_DIR",
            folder.toString(),
            "RETENTION_TRADES",
            "1d",
            "RETENTION_CANDLES_1M",
            "2d",
            "RETENTION_CANDLES_5M",
            "3d");
    try (RunningServer other = RunningServer.with(short1m)) {
      awaitNone("market.candles_1m");
      awaitNone("market.candles_native");
      String read = "/v1/candles?venue=v&symbol=A/B&unit=ms&timeframe=%s&from=%d&to=%d";
      String range = read.formatted("1m", OLD.toEpochMilli(), OLD.toEpochMilli() + 60_000);
      assertThat(other.send("GET", range, "").body()).doesNotContain("\"open\"");

      for (int run = 0; run < 2; run++) {
        assertThat(takeBack(other.url())).contains("rejected 0");
      }

      // 1m, the venue's 5m, the built 5m and longer ones if they are past their retention too.
      assertThat(other.send("GET", range, "").body())
          .contains("\"open\":1")
          .contains("\"volume\":7");
      assertThat(
              other
                  .send("GET", read.formatted("5m", OLD.toEpochMilli(), OLD.toEpochMilli() + 1), "")
                  .body())
          .contains("\"volume\":7");
      assertThat(DATABASE.number("select count(*) from ingest.dirty")).isZero();
    }
    long written = files();
    offer("market.candles_1m", 2);
    DATABASE.execute(
        "update ingest.archive set due = now() - interval '3 days' where relation ="
            + " 'market.candles_native'");
    assertThat(archive().run()).as("%s", told).isTrue();
    assertThat(files()).isEqualTo(written);
    assertThat(
            DATABASE.number(
                "select count(*) from market.candles_native where taken_back_at is not null"))
        .isGreaterThanOrEqualTo(2);
  }

  /** What {@code import --archived} says. */
  private String takeBack(String url) {
    StringWriter said = new StringWriter();
    String candles = folder.resolve("candles").toString();
    int exit =
        new CommandLine(new ImportCommand(null))
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute("--archived", "--url", url, "candles", candles);
    assertThat(exit).as("%s", said).isZero();
    return said.toString();
  }

  private static String order(String id) {
    return "{\"ts\":%d,\"bot\":\"alpha\",\"order_id\":\"%s\",\"venue\":\"v\",\"symbol\":\"S\",\"status\":\"submitted\",\"side\":\"buy\",\"quantity\":\"0.100000000000000001\",\"meta\":{\"a\":\"x\\n, \\\"y\\\"\"}}"
        .formatted(OLD.minus(60, ChronoUnit.DAYS).toEpochMilli(), id);
  }

  private static void awaitNone(String relation) throws InterruptedException {
    for (int i = 0; DATABASE.number("select count(*) from " + relation) > 0; i++) {
      assertThat(i).as(relation).isLessThan(600);
      Thread.sleep(50);
    }
  }
}
