package dev.candlewick.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestApiKey;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The console in a real browser, over a real server. */
class ConsoleIT {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleIT.class);
  private static final int INSTRUMENTS = 1_000;

  /** How many pixels of the chart have each of two colours: {@code [rising, falling]}. */
  private static final String CANDLE_PIXELS =
      """
      (() => {
        const style = getComputedStyle(document.documentElement);
        const rgb = (name) => style.getPropertyValue(name).match(/\\w\\w/g).map((x) => parseInt(x, 16));
        const wanted = [rgb('--up'), rgb('--down')];
        const counts = [0, 0];
        for (const canvas of document.querySelectorAll('#plot canvas')) {
          const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          for (let i = 0; i < data.length; i += 4) {
            wanted.forEach((c, n) => {
              if (data[i] === c[0] && data[i + 1] === c[1] && data[i + 2] === c[2]) counts[n]++;
            });
          }
        }
        return counts;
      })()
      """;

  private static RunningServer server;
  private static Chromium chromium;

  private Page page;
  private String origin = "";

  @BeforeAll
  static void start() {
    Optional<Path> executable = Chromium.executable();
    if (executable.isEmpty()) {
      LOG.warn("THE CONSOLE IS NOT TESTED: no Chromium; install the package chromium");
    }
    assumeTrue(executable.isPresent(), "no Chromium");
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of());
    writesMarket();
    chromium = Chromium.start(executable.get());
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    if (chromium != null) {
      chromium.close();
      server.close();
    }
  }

  /** Two hours of trades of two instruments, one with a gap; a venue's own candles; many others. */
  private static void writesMarket() {
    long minute = System.currentTimeMillis() / 60_000 * 60_000;
    JsonArray trades = new JsonArray();
    JsonArray candles = new JsonArray();
    for (int i = 120; i > 0; i--) {
      long ts = minute - i * 60_000L;
      double price = 93_000 + 100 * Math.sin(i / 7.0);
      for (int n = 0; n < 4; n++) {
        trades.add(trade("BTCUSDT", ts + n * 15_000, price + (i + n) % 5 * 4, i * 10L + n));
        if (i > 60 || i < 40) {
          trades.add(trade("ETHUSDT", ts + n * 15_000, price / 30 + n, i * 10L + n));
        }
      }
      candles.add(
          new JsonObject()
              .put("ts", ts)
              .put("open", price)
              .put("high", price + 9)
              .put("low", price - 9)
              .put("close", price + i % 3 - 1)
              .put("volume", 5));
    }
    for (int i = 0; i < INSTRUMENTS; i++) {
      trades.add(trade("QUIET" + i, minute - 7_200_000L, 1 + i / 1000.0, 1));
    }
    post("/v1/trades?venue=binance", trades);
    post("/v1/candles?venue=coinbase&symbol=BTC-USD&timeframe=1m", candles);
    server.send(
        "PUT",
        "/v1/instruments/binance/ETHUSDT",
        "{\"name\":\"<img src=x onerror=alert(1)>\"}",
        "Content-Type",
        "application/json");
  }

  private static JsonObject trade(String symbol, long ts, double price, long id) {
    return new JsonObject()
        .put("symbol", symbol)
        .put("ts", ts)
        .put("price", price)
        .put("size", 0.5)
        .put("id", id);
  }

  private static void post(String path, JsonArray rows) {
    String body = new JsonObject().put("rows", rows).encode();
    HttpResponse<String> answer =
        server.send("POST", path, body, "Content-Type", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @BeforeEach
  void opensPage() {
    page = chromium.open();
    origin = server.url();
  }

  @AfterEach
  void nothingWentWrongAndNothingLeftTheOrigin() {
    try {
      assertThat(page.errors()).isEmpty();
      String authority = origin.substring("http:".length());
      assertThat(page.requests())
          .isNotEmpty()
          .allMatch(
              url ->
                  url.startsWith("http:" + authority + "/")
                      || url.startsWith("ws:" + authority + "/")
                      || url.startsWith("data:image/")
                      || url.equals("about:blank"));
    } finally {
      page.close();
    }
  }

  private void shows(String symbol, String venue, String timeframe) {
    page.go(
        "%s/#/chart?venue=%s&symbol=%s&timeframe=%s"
            .formatted(server.url(), venue, symbol, timeframe));
    page.await(
        "document.querySelector('#plot').ariaLabel.startsWith('" + venue + " " + symbol + "')");
  }

  private void drawsCandles() {
    page.await(CANDLE_PIXELS.strip() + ".every((n) => n > 200)");
  }

  @Test
  void opensOnAnInstrumentThatTradesAndDrawsItsCandles() {
    page.go(server.url());
    page.await("document.querySelector('#last').textContent.length > 3");
    drawsCandles();
    assertThat(page.text("#chart-title")).isIn("BTCUSDT", "ETHUSDT");
    assertThat(page.text("#ready")).isEqualTo("ready");
  }

  @Test
  void findsAnInstrumentByKeyboardAlone() {
    shows("BTCUSDT", "binance", "1m");
    page.press("/");
    page.await("document.activeElement.id === 'pick'");
    page.type("coinb btc");
    page.await("document.querySelectorAll('#pick-list [role=option]').length === 1");
    page.press("Enter");
    page.await("document.querySelector('#chart-title').textContent === 'BTC-USD'");
    assertThat(page.evaluate("location.hash").toString()).contains("venue=coinbase");
  }

  @Test
  void findsOneAmongAThousandAtOnce() {
    shows("BTCUSDT", "binance", "1m");
    page.press("/");
    page.type("quiet777");
    page.await("document.querySelector('#pick-0')?.textContent.startsWith('QUIET777')");
    page.press("Escape");
    assertThat(page.evaluate("document.querySelector('#pick').value"))
        .isEqualTo("BTCUSDT · binance");
  }

  @Test
  void showsPricesWithTheDigitsTheyCameWith() {
    long now = System.currentTimeMillis();
    JsonArray rows = new JsonArray().add(trade("EUR-USD", now - 600_000, 1.24998, 1));
    post("/v1/trades?venue=oanda", rows.add(trade("EUR-USD", now - 540_000, 1.25, 2)));
    shows("EUR-USD", "oanda", "1m");
    page.await("document.querySelector('#last').textContent === '1.25000'");
  }

  @Test
  void switchesTheTimeframe() {
    shows("BTCUSDT", "binance", "1m");
    page.click("input[name=timeframe][value=\"15m\"]");
    page.await("document.querySelector('#plot').ariaLabel.includes('candles of 15m')");
    assertThat(page.evaluate("location.hash").toString()).contains("timeframe=15m");
  }

  @Test
  void readsCandlesOutByArrowKeys() {
    shows("BTCUSDT", "binance", "1m");
    page.evaluate("document.querySelector('#plot').focus()");
    page.press("ArrowLeft");
    page.press("ArrowLeft");
    page.await(
        "/open .*, close .*, built,"
            + " closed/.test(document.querySelector('#plot-said').textContent)");
    String newer = page.text("#plot-said");
    page.press("Home");
    page.await("document.querySelector('#plot-said').textContent !== " + quoted(newer));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "\\'") + "'";
  }

  @Test
  void everythingOnTheChartCanBeReachedByTab() {
    shows("BTCUSDT", "binance", "1m");
    page.evaluate("document.activeElement.blur()");
    StringBuilder reached = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      page.press("Tab");
      reached
          .append(
              page.evaluate(
                  "document.activeElement.id || document.activeElement.name || "
                      + "document.activeElement.textContent"))
          .append(' ');
    }
    assertThat(reached.toString())
        .contains("Skip to content", "Instruments", "key-open", "pick", "timeframe", "plot");
  }

  @Test
  void tellsGapsAndWhatCandlesAreMadeFrom() {
    shows("ETHUSDT", "binance", "1m");
    page.await("document.querySelector('#plot').ariaLabel.endsWith(', 1 gaps')");
    page.await("document.querySelector('#coverage td[title*=unknown]')"); // of either day
    assertThat(page.evaluate("document.querySelector('img[src=x]')")).isNull();
    shows("BTC-USD", "coinbase", "1m");
    page.click("#rows summary");
    page.await("document.querySelectorAll('#rows-body tr').length === 100");
    assertThat(page.text("#rows-body tr:first-child td:nth-last-child(2)")).isEqualTo("native");
  }

  @Test
  void showsATradeThatComesIn() {
    shows("BTCUSDT", "binance", "1m");
    long now = System.currentTimeMillis();
    post("/v1/trades?venue=binance", new JsonArray().add(trade("BTCUSDT", now, 98_765.43, now)));
    page.await("document.querySelector('#last').textContent.startsWith('98,765.43')");
    assertThat(page.text("#live")).isEqualTo("live");
    assertThat(page.requests()).anyMatch(url -> url.startsWith("ws:"));
    page.await("document.querySelector('#legend').textContent.endsWith('forming')");
  }

  @Test
  void drawsTheIndicatorsThatAreChosenAndRemembersThem() {
    shows("BTCUSDT", "binance", "1m");
    page.click("#indicators summary");
    page.click("[data-indicator=\"rsi(14)\"]");
    page.evaluate("document.querySelector('#indicator-text').focus()");
    page.type("ema(9,high)");
    page.click("#indicator-form button");
    String legend = "document.querySelector('#indicator-legend').textContent";
    page.await(legend + ".includes('rsi(14)') && " + legend + ".includes('ema(9,high)')");
    shows("ETHUSDT", "binance", "1m");
    page.await(legend + ".includes('rsi(14)')");
    page.evaluate("document.querySelector('#plot').focus()");
    page.press("ArrowLeft");
    page.await("document.querySelector('#plot-said').textContent.includes('rsi(14) ')");
    page.evaluate("localStorage.clear()");
  }

  @Test
  void showsPlansAndTheirSessions() {
    String plan =
        "{\"instruments\":[{\"venue\":\"binance\",\"symbol\":\"BTC*\"}],\"sessions\":"
            + "[{\"name\":\"all\",\"from\":\"00:00\",\"to\":\"00:00\"}]}";
    server.send("PUT", "/v1/plans/whole_day", plan, "Content-Type", "application/json");
    page.go(server.url() + "/#/plans");
    page.await("document.querySelector('#plans-body').textContent.includes('complete')");
    shows("BTCUSDT", "binance", "1m");
    page.await("document.querySelector('#plan-legend').textContent.includes('whole_day')");
  }

  @Test
  void isLightByDayAndDarkByNight() {
    String background = "getComputedStyle(document.body).backgroundColor";
    page.prefer("light");
    shows("BTCUSDT", "binance", "1m");
    page.await(background + " === 'rgb(246, 244, 239)'");
    drawsCandles();
    page.prefer("dark");
    page.await(background + " === 'rgb(16, 19, 23)'");
    drawsCandles();
  }

  @Test
  void listsAThousandInstrumentsAndFiltersAndSortsThem() {
    page.go(server.url() + "/#/instruments");
    page.await("document.querySelectorAll('#instruments-table tbody tr').length >= " + INSTRUMENTS);
    page.evaluate("document.querySelector('#instruments-filter').focus()");
    page.type("quiet99");
    page.await("document.querySelector('#instruments-count').textContent.startsWith('11 of')");
    page.click("th[data-column=last] button");
    page.await("document.querySelector('th[data-column=last]').ariaSort === 'descending'");
    String first =
        "[...document.querySelectorAll('#instruments-table tbody tr')].find((r) => !r.hidden)";
    page.await(first + ".textContent.startsWith('QUIET999')");
    page.evaluate(first + ".querySelector('a').click()");
    page.await("document.querySelector('#chart-title').textContent === 'QUIET999'");
  }

  @Test
  void listsStreamsAndWhyRowsWereRejected() {
    TestDatabase.shared()
        .execute(
            """
            insert into ingest.streams
              (api_key_id, stream, epoch, committed_seq, rows, created_at, last_activity)
            values (0, 'feed-7', 12, 4710, 99000, now(), now()) on conflict do nothing;
            insert into ingest.rejects (api_key_id, stream, seq, index, field, code, detail, at)
            values (0, 'feed-7', 4733, 17, 'price', 'not_finite', 'must be finite', now())
            """);
    page.go(server.url() + "/#/streams");
    page.await("document.querySelector('#streams-body').textContent.includes('4,710')");
    page.await("document.querySelector('#rejects-body').textContent.includes('must be finite')");
    page.await("document.querySelector('#reject-codes').textContent.includes('not finite 1')");
  }

  @Test
  void showsHealthAndTheApi() {
    page.go(server.url() + "/#/health");
    page.await("document.querySelector('#health-ready').textContent.startsWith('Ready')");
    page.await("document.querySelector('#health-routes').textContent.includes('/readyz')");
    page.click("nav a[href=\"#/api\"]");
    page.await("document.querySelectorAll('.operation summary').length > 15");
    assertThat(page.text("#api-readCandles"))
        .contains("GET/v1/candles", "previous", "unknown_instrument");
    assertThat(page.evaluate("document.querySelector('#health').hidden")).isEqualTo(true);
  }

  @Test
  void asksForTheKeyThatTheServerWantsAndKeepsItForTheTabOnly() {
    String keys = TestApiKey.of("sesame", "read").toString();
    try (RunningServer guarded = RunningServer.with(Map.of("API_KEYS_FILE", keys))) {
      origin = guarded.url();
      page.go(origin);
      page.await("document.querySelector('#key').open");
      page.errors().removeIf(error -> error.contains("401"));
      page.evaluate("document.querySelector('#key-text').focus()");
      page.type("sesame");
      page.press("Enter");
      page.await("document.querySelector('#live').textContent === 'polled every 2 s'");
      page.await("document.querySelector('#last').textContent.length > 3");
      assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
      assertThat(page.evaluate("document.cookie")).isEqualTo("");
      page.go("about:blank");
    }
  }

  /** The library is strict: times ascend, each once, and a candle has all its prices or none. */
  @Test
  void lightweightChartsTakesItsForm() {
    page.go(origin + "/");
    String taken =
        """
        (async () => {
          const url = '/v1/candles?venue=binance&symbol=ETHUSDT&timeframe=1m&format=lightweight&fill=%s';
          const rows = await (await fetch(url)).json();
          const chart = LightweightCharts.createChart(document.createElement('div'));
          const series = chart.addSeries(LightweightCharts.CandlestickSeries);
          series.setData(rows);
          const drawn = series.data().filter((row) => row.open !== undefined).length;
          chart.remove();
          return rows.length + ' ' + drawn;
        })()
        """;
    page.await("window.LightweightCharts");
    assertThat(page.evaluate(taken.formatted("none"))).isEqualTo("99 99");
    assertThat(page.evaluate(taken.formatted("null"))).isEqualTo("120 99");
    assertThat(page.evaluate(taken.formatted("previous"))).isEqualTo("120 120");
  }
}
