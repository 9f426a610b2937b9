package dev.candlewick.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestServer;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parameters as a real request brings them: each path answers with what was read. */
class ParamsTest {
  private static TestServer server;

  @BeforeAll
  static void listen() {
    server = TestServer.with(ParamsTest::routes);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static void routes(Router router) {
    echo(
        router, "/instrument", params -> params.venue() + " " + params.symbol(), "venue", "symbol");
    echo(router, "/limit", params -> params.limit(500, 10_000), "limit");
    echo(router, "/order", Params::descending, "order");
    echo(router, "/unit", Params::unit, "unit");
    echo(router, "/range", params -> range(params), "from", "to", "unit");
    echo(router, "/cursor", params -> params.cursor("trades", 2), "cursor");
    echo(router, "/format", params -> params.format(Format.JSON, Format.CSV), "format");
  }

  private static void echo(
      Router router, String path, Function<Params, Object> read, String... known) {
    router.get(path).handler(ctx -> answer(ctx, String.valueOf(read.apply(params(ctx, known)))));
  }

  private static Params params(RoutingContext ctx, String... known) {
    return Params.of(ctx, Set.copyOf(Arrays.asList(known)));
  }

  private static void answer(RoutingContext ctx, String text) {
    Reply.send(ctx, "text/plain", Buffer.buffer(text));
  }

  private static String range(Params params) {
    Range range = params.range(params.unit());
    return range.from() + " " + range.to();
  }

  private static String read(String path, String... headers) {
    return server.send("GET", path, headers).body();
  }

  @ParameterizedTest
  @CsvSource({
    "/instrument?venue=binance&symbol=BTCUSDT, binance BTCUSDT",
    "/instrument?venue=COMEX&symbol=GCZ13, COMEX GCZ13",
    "/instrument?venue=x&symbol=BTC%2FUSD%3Aperp, x BTC/USD:perp",
    "/instrument?venue=x&symbol=A%2BB, x A+B",
    "/instrument?venue=x&symbol=A+B, x A B",
    "/limit, 500",
    "/limit?limit=1, 1",
    "/limit?limit=10000, 10000",
    "/order, false",
    "/order?order=asc, false",
    "/order?order=desc, true",
    "/unit, MS",
    "/unit?unit=iso, ISO",
    "/range, null null",
    "/range?from=1700000000123, 1700000000123000 null",
    "/range?unit=s&from=1&to=2, 1000000 2000000",
    "/range?unit=ns&to=1700000000123456789, null 1700000000123457",
    "/range?from=2012-12-03&to=2012-12-03T00:00:01Z, 1354492800000000 1354492801000000",
    "/range?from=5&to=5, 5000 5000",
    "/range?unit=ns&from=1700000000123456001, 1700000000123457 null",
    "/range?unit=s&from=1.5&to=1.0000001E1, 1500000 10000001",
    "/range?to=9999-12-31T00:00:00Z, null 4102444800000000",
    "/range?unit=s&to=99999999999999999999, null 4102444800000000",
    "/cursor, null",
    "/format, JSON",
    "/format?format=csv, CSV"
  })
  void readsParameters(String path, String value) {
    assertThat(read(path)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "/instrument?venue=binance, symbol",
    "/instrument?symbol=BTCUSDT, venue",
    "/instrument?venue=&symbol=BTCUSDT, venue",
    "/instrument?venue=-x&symbol=BTCUSDT, venue",
    "/instrument?venue=x&symbol=%20BTCUSDT, symbol",
    "/instrument?venue=x&symbol=BTC%00, symbol",
    "/instrument?venue=x&symbol=%EF%BC%A2TC, symbol",
    "/instrument?venue=x&symbol=A&symbol=B, symbol",
    "/instrument?venue=x&symbol=A&Venue=x, Venue",
    "/instrument?venue=x&symbol=A&fill=null, fill",
    "/limit?limit=0, limit",
    "/limit?limit=-1, limit",
    "/limit?limit=10001, limit",
    "/limit?limit=1e3, limit",
    "/limit?limit=99999999999999999999, limit",
    "/order?order=up, order",
    "/unit?unit=min, unit",
    "/range?from=yesterday, from",
    "/range?to=2012-13-01, to",
    "/range?from=-5364662400001, from",
    "/range?from=1799-12-31T23:59:59Z, from",
    "/range?from=2100-01-01T00:00:01Z, from",
    "/range?unit=s&from=99999999999999999999, from",
    "/range?to=-5364662400001, to",
    "/range?from=2&to=1, from",
    "/cursor?cursor=abc, cursor",
    "/cursor?cursor=!!, cursor",
    "/format?format=xml, format"
  })
  void refusesABadParameterByItsName(String path, String name) {
    assertThat(server.problem(400, path).getString("code")).isEqualTo("bad_parameter");
    assertThat(server.problem(400, path).getString("detail")).startsWith(name + ": ");
  }

  @Test
  void refusesAQueryThatIsNotPercentEncoded() {
    assertThat(server.raw("GET /limit?limit=%zz"))
        .startsWith("HTTP/1.1 400")
        .contains("\"bad_parameter\"");
  }

  @Test
  void readsACursorOfItsOwnKindOnly() {
    assertThat(read("/cursor?cursor=" + Cursor.write("trades", 12L, -7L)))
        .isEqualTo("Cursor[parts=[12, -7]]");
    for (String other : new String[] {Cursor.write("quotes", 1, 2), Cursor.write("trades", 1)}) {
      assertThat(server.problem(400, "/cursor?cursor=" + other).getString("detail"))
          .startsWith("cursor: ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | JSON",
        "text/csv | CSV",
        "text/html, text/csv;q=0.9 | CSV",
        "application/json;q=0.5, text/csv | CSV",
        "text/html | JSON"
      })
  void takesTheFormatThatAcceptAsksFor(String accept, String format) {
    assertThat(read("/format", "Accept", accept)).isEqualTo(format);
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "csv"})
  void prefersTheFormatThatTheParameterNames(String format) {
    assertThat(read("/format?format=" + format, "Accept", "text/csv"))
        .isEqualToIgnoringCase(format);
  }
}
