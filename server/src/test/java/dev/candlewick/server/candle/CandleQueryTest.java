package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestServer;
import dev.candlewick.server.web.Cursor;
import dev.candlewick.server.web.Params;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CandleQueryTest {
  private static final String NAME = "/q?venue=binance&symbol=BTCUSDT";
  private static final long NOW = 1_800_000_000;
  private static final BlockingQueue<CandleQuery> PARSED = new LinkedBlockingQueue<>();
  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.with(
            router ->
                router
                    .get("/q")
                    .handler(
                        ctx -> {
                          Params params = Params.of(ctx, CandleQuery.PARAMETERS);
                          PARSED.add(CandleQuery.parse(params));
                          ctx.json(new JsonObject());
                        }));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static CandleQuery parse(String parameters) {
    server.get(NAME + parameters);
    return PARSED.remove();
  }

  @ParameterizedTest
  @CsvSource({
    "timeframe, ''",
    "timeframe, &timeframe=",
    "timeframe, &timeframe=0m",
    "timeframe, &timeframe=-1m",
    "timeframe, &timeframe=1",
    "timeframe, &timeframe=m",
    "timeframe, &timeframe=7s",
    "timeframe, &timeframe=61s",
    "timeframe, &timeframe=1min",
    "timeframe, &timeframe=1y",
    "timeframe, &timeframe=99999d",
    "timeframe, &timeframe=121M",
    "timeframe, &timeframe=36h&tz=America/New_York",
    "timeframe, &timeframe=25h&tz=session",
    "tz, &timeframe=1d&tz=Mars/Olympus",
    "tz, &timeframe=1d&tz=america/new_york",
    "from, &timeframe=1m&from=yesterday",
    "from, &timeframe=1m&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
    "to, &timeframe=1m&to=2026-13-01",
    "limit, &timeframe=1m&limit=0",
    "limit, &timeframe=1m&limit=10001",
    "limit, &timeframe=1m&limit=ten",
    "order, &timeframe=1m&order=up",
    "fill, &timeframe=1m&fill=zero",
    "state, &timeframe=1m&state=open",
    "source, &timeframe=1m&source=venue",
    "unit, &timeframe=1m&unit=h",
    "cursor, &timeframe=1m&cursor=*",
    "cursor, &timeframe=1m&cursor=abc",
    "interval, &timeframe=1m&interval=1m",
  })
  void refusesABadParameterByName(String name, String parameters) {
    JsonObject problem = server.problem(400, NAME + parameters);

    assertThat(problem.getString("code")).isEqualTo("bad_parameter");
    assertThat(problem.getString("detail")).startsWith(name + ":");
  }

  @ParameterizedTest
  @CsvSource({
    "'candles 5m on', 0, NaN",
    "'candles 1m back', 0, NaN",
    "'trades on', 0, NaN",
    "'candles 1m on', x, NaN",
    "'candles 1m on', 0, x",
    "'candles 1m on', 99999999999, 1",
    "'candles 1m on', -9223372036854775808, 1",
  })
  void refusesACursorOfAnotherRequest(String kind, String next, String close) {
    String cursor = Cursor.write(kind, next, close);
    String path = NAME + "&timeframe=1m&from=0&cursor=" + cursor;

    assertThat(server.problem(400, path).getString("detail")).startsWith("cursor:");
  }

  @Test
  void readsOnFromACursor() {
    String cursor = new Position(600, 1.5).cursor("candles 1m on");

    Slice slice = parse("&timeframe=1m&from=0&to=900000&cursor=" + cursor).slice();

    assertThat(slice.position()).isEqualTo(new Position(600, 1.5));
    assertThat(slice.from()).isEqualTo(600);
    assertThat(slice.to(NOW)).isEqualTo(900);
  }

  @ParameterizedTest
  @CsvSource({
    "1Min, 1m",
    "1T, 1m",
    "15T, 15m",
    "1Hour, 1h",
    "4H, 4h",
    "1D, 1d",
    "1Day, 1d",
    "1Week, 1w",
    "1W, 1w",
    "1Month, 1M",
    "60m, 1h",
    "24h, 1d",
    "90s, 90s",
    "1M, 1M",
    "60s, 1m",
  })
  void takesOtherSpellingsOfATimeframe(String asked, String timeframe) {
    assertThat(parse("&timeframe=" + asked).timeframe().text()).isEqualTo(timeframe);
  }

  @Test
  void hasDefaults() {
    CandleQuery query = parse("&timeframe=1m");

    assertThat(query.zone()).isEqualTo(ZoneOffset.UTC);
    assertThat(query.session()).isFalse();
    assertThat(query.source()).isEqualTo(Source.AUTO);
    assertThat(query.slice().limit()).isEqualTo(500);
    assertThat(query.slice().fill()).isEqualTo(Fill.NONE);
    assertThat(query.slice().backwards()).isTrue();
    assertThat(query.slice().descending()).isFalse();
    assertThat(query.slice().closedOnly()).isFalse();
  }

  @Test
  void takesAllItsParameters() {
    CandleQuery query =
        parse(
            "&timeframe=1d&limit=10000&order=desc&fill=previous&tz=Asia/Kolkata&state=closed"
                + "&source=built&format=csv&unit=us");

    assertThat(query.zone()).isEqualTo(ZoneId.of("Asia/Kolkata"));
    assertThat(query.source()).isEqualTo(Source.BUILT);
    assertThat(query.slice().limit()).isEqualTo(10_000);
    assertThat(query.slice().descending()).isTrue();
    assertThat(query.slice().fill()).isEqualTo(Fill.PREVIOUS);
    assertThat(query.slice().closedOnly()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1700000000000, 1700000001000, '', 1700000000, 1700000001",
    // A candle begins on a whole second: the next one that is in the range.
    "1700000000001, 1700000000001, '', 1700000001, 1700000001",
    "1700000000, 1700000060, &unit=s, 1700000000, 1700000060",
    "2026-01-01T00:00:00Z, 2026-01-01T01:00:00+01:00, '', 1767225600, 1767225600",
  })
  void readsTheRangeInWholeSeconds(String from, String to, String unit, long first, long end) {
    Slice slice =
        parse("&timeframe=1m&from=" + encoded(from) + "&to=" + encoded(to) + unit).slice();

    assertThat(slice.from()).isEqualTo(first);
    assertThat(slice.to(NOW)).isEqualTo(end);
    assertThat(slice.backwards()).isFalse();
  }

  @Test
  void clampsTheEndToADayAhead() {
    assertThat(parse("&timeframe=1m&to=2099-01-01").slice().to(NOW)).isEqualTo(NOW + 86_400);
    assertThat(parse("&timeframe=1m").slice().to(NOW)).isEqualTo(NOW + 86_400);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
