package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.OpenApi.Operation;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The document against the server: routes, parameters, requests and answers. */
class OpenApiIT {
  private static final OpenApi API = new OpenApi();

  /** The console's own files; and the streams of Binance, which its documents describe. */
  private static final String DESCRIBED_ELSEWHERE = "\\w+ /(console/|ws|stream\\b).*";

  /** The kind that a path names whose braces are taken off. */
  private static final String KIND =
      """
      drop table if exists record.kind, record_latest.kind cascade;
      delete from ingest.kinds where kind = 'kind';
      select ingest.save_kind('{"kind":"kind","key":["name"],"retention":"none","chunk":"7d",
        "columns":[{"name":"name","type":"text","required":true},
                   {"name":"price","type":"decimal"}]}');
      insert into record.kind values ('2026-01-05T09:30:00Z', 'a', 1.50);
      insert into record_latest.kind values ('2026-01-05T09:30:00Z', 'a', 1.50)
      """;

  private static RunningServer server;
  private static Vertx vertx;

  /** Kept: Vert.x closes a client that is garbage collected, and its sockets with it. */
  private static WebSocketClient client;

  @BeforeAll
  static void start() {
    TestDatabase.shared().clear();
    TestDatabase.shared().execute(KIND);
    server = RunningServer.with(Map.of());
    vertx = Vertx.vertx();
    client = vertx.createWebSocketClient();
    writesEveryExample();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
    server.close();
  }

  /** The requests' examples are sent as they are; what they write is what the reads below find. */
  private static void writesEveryExample() {
    for (Operation operation : API.operations()) {
      JsonObject body = operation.description().getJsonObject("requestBody");
      if (body != null) {
        JsonObject content = body.getJsonObject("content");
        String path =
            operation
                .path()
                .replace("{venue}", "binance")
                .replace("{symbol}", "BTCUSDT")
                .replace("{plan}", "metals")
                .replace("{name}", "hourly")
                .replace("{kind}", "kind");
        for (String mediaType : content.fieldNames()) {
          for (String example : OpenApi.examples(mediaType, content.getJsonObject(mediaType))) {
            HttpResponse<String> answer = checked(operation.method(), path, mediaType, example);
            assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201, 204);
          }
        }
      }
    }
  }

  private static HttpResponse<String> checked(
      String method, String path, String mediaType, String body) {
    HttpResponse<String> answer =
        mediaType.isEmpty()
            ? server.send(method, path, body)
            : server.send(method, path, body, "Content-Type", mediaType);
    Operation operation = API.operation(method, path.replaceFirst("\\?.*", ""));
    String contentType = answer.headers().firstValue("Content-Type").orElse("");
    API.assertAnswer(operation, answer.statusCode(), contentType, answer.body());
    return answer;
  }

  @Test
  void refusesFiveHundredIndicatorsByName() {
    String many = "sma%281%29%2C".repeat(499) + "ema";
    HttpResponse<String> answer =
        server.send(
            "GET",
            "/v1/indicators?venue=binance&symbol=BTCUSDT&timeframe=1m&indicators=" + many,
            "");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("indicators: at most 50");
  }

  @Test
  void describesEveryRouteAndNoOther() {
    Set<String> mounted = new TreeSet<>();
    for (Route route : server.routes().router().getRoutes()) {
      if (route.getPath() != null && route.methods() != null) {
        route.methods().stream()
            .filter(method -> !method.name().equals("HEAD"))
            .map(method -> method + " " + route.getPath().replaceAll(":(\\w+)", "{$1}"))
            .filter(name -> !name.matches(DESCRIBED_ELSEWHERE))
            .forEach(mounted::add);
      }
    }
    Set<String> described = new TreeSet<>();
    API.operations().forEach(operation -> described.add(operation.toString()));
    assertThat(described).isEqualTo(mounted);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/trades?venue=binance&symbol=BTCUSDT",
    "/v1/trades?venue=us&symbol=SPY&unit=iso&order=desc&limit=1",
    "/v1/trades?venue=binance&symbol=BTCUSDT&from=2026-01-05&to=2026-01-06&format=csv",
    "/v1/trades?venue=binance&symbol=BTCUSDT&format=ndjson",
    "/v1/quotes?venue=binance&symbol=BTCUSDT",
    "/v1/quotes?venue=binance&symbol=BTCUSDT&format=csv",
    "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=1m",
    "/v1/candles?venue=coinbase&symbol=BTC-USD&timeframe=1m&source=native&unit=us",
    "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=15s&fill=null",
    "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=15s&fill=previous&limit=2",
    "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=1d&tz=America/New_York&state=closed",
    "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=1m&format=lightweight",
    "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=1m&format=csv",
    "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=1m&format=ndjson&source=built",
    "/v1/indicators?venue=binance&symbol=BTCUSDT&timeframe=1m&indicators=rsi%2Cmacd%2Cobv",
    "/v1/indicators?venue=binance&symbol=BTCUSDT&timeframe=1m&indicators=sma(1)&format=csv",
    "/v1/indicators?venue=binance&symbol=BTCUSDT&timeframe=1m&indicators=sma(1)&format=lightweight",
    "/v1/plans",
    "/v1/plans/metals",
    "/v1/feature-sets",
    "/v1/feature-sets/hourly",
    "/v1/latest",
    "/v1/latest?venue=binance&symbol=BTCUSDT&unit=ns",
    "/v1/instruments",
    "/v1/instruments?venue=binance&query=btc&limit=1",
    "/v1/instruments/binance/BTCUSDT",
    "/v1/instruments/us/SPY?unit=s",
    "/v1/coverage?venue=binance&symbol=BTCUSDT&timeframe=1m&from=2026-01-05&to=2026-01-06",
    "/v1/streams",
    "/v1/rejects",
    "/v1/records/kind",
    "/v1/records/kind?name=a&name=b&columns=price&unit=iso",
    "/v1/records/kind?latest=true&format=csv",
    "/v1/records/kind?as_of=2026-01-05&format=ndjson",
    "/livez",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/",
    "/settings",
    "/api/v3/ping",
    "/api/v3/time",
    "/api/v3/exchangeInfo",
    "/api/v3/klines?symbol=BTCUSDT&interval=1m",
    "/api/v3/uiKlines?symbol=BTCUSDT&interval=1d&timeZone=8",
    "/api/v3/trades?symbol=BTCUSDT",
    "/api/v3/aggTrades?symbol=BTCUSDT&startTime=1767605400000",
    "/api/v3/depth?symbol=BTCUSDT",
    "/api/v3/ticker/price",
    "/api/v3/ticker/price?symbol=BTCUSDT",
    "/api/v3/ticker/24hr",
    "/api/v3/ticker/24hr?symbol=BTCUSDT&type=MINI",
    "/api/v3/ticker/bookTicker?symbol=BTCUSDT",
    "/udf/config",
    "/udf/time",
    "/udf/symbols?symbol=BTCUSDT",
    "/udf/symbols?symbol=NONE",
    "/udf/search?query=BTC",
    "/udf/history?symbol=BTCUSDT&resolution=1&from=1767605000&to=1767606000",
    "/udf/history?symbol=BTCUSDT&resolution=1&from=1&to=2",
  })
  void readsAsDescribed(String path) {
    assertThat(checked("GET", path, "", "").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "GET  | /v1/trades?venue=binance          |                      | `` | 400",
        "GET  | /v1/trades?venue=binance&symbol=X |                      | `` | 404",
        "GET  | /v1/quotes?venue=binance&symbol=X |                      | `` | 404",
        "GET  | /v1/candles?venue=binance&symbol=BTCUSDT&timeframe=7x | | `` | 400",
        "GET  | /v1/candles?venue=binance&symbol=X&timeframe=1m       | | `` | 404",
        "GET  | /v1/latest?symbol=X               |                      | `` | 404",
        "GET  | /v1/latest?unit=h                 |                      | `` | 400",
        "GET  | /v1/instruments?limit=0           |                      | `` | 400",
        "GET  | /v1/instruments/binance/X         |                      | `` | 404",
        "GET  | /v1/coverage?venue=binance&symbol=X&timeframe=1m     | | `` | 404",
        "GET  | /v1/streams?cursor=x              |                      | `` | 400",
        "GET  | /v1/streams/none                  |                      | `` | 404",
        "GET  | /v1/records/none                  |                      | `` | 404",
        "GET  | /v1/records/kind?price=1          |                      | `` | 400",
        "GET  | /v1/performance?window=x          |                      | `` | 400",
        "GET  | /v1/rejects?after=x               |                      | `` | 400",
        "GET  | /v1/ingest                        |                      | `` | 400",
        "GET  | /v1/subscribe                     |                      | `` | 400",
        "POST | /v1/trades                        | application/json     | `{` | 400",
        "POST | /v1/trades?on_error=maybe         | application/json     | `{}` | 400",
        "POST | /v1/trades                        | application/json     | `{}` | 422",
        "POST | /v1/trades                        | application/json     |"
            + " `{\"rows\":[{\"ts\":1}]}` | 422",
        "POST | /v1/trades?on_error=skip          | application/json     |"
            + " `{\"rows\":[{\"ts\":1}]}` | 200",
        "POST | /v1/quotes                        | application/xml      | `<a/>` | 415",
        "POST | /v1/candles                       | text/csv             | `ts\n1\n` | 422",
        "PUT  | /v1/instruments/binance/BTCUSDT   | application/json     | `[` | 400",
        "PUT  | /v1/instruments/binance/BTCUSDT   | application/json     | `{\"lot_size\":0}` |"
            + " 422",
        "PUT  | /v1/instruments/binance/BTCUSDT   | text/csv             | `a` | 415",
        "POST | /api/v2/write                     | text/plain           | `trades` | 400",
        "POST | /write?precision=d                | text/plain           | `` | 400",
        "GET  | /api/v3/trades?symbol=X           |                      | `` | 400",
        "GET  | /api/v3/ticker/24hr?symbol=X      |                      | `` | 400",
        "GET  | /api/v3/klines?symbol=BTCUSDT&interval=7m |              | `` | 400",
      })
  void failsAsDescribed(String method, String path, String mediaType, String body, int status) {
    HttpResponse<String> answer =
        checked(method, path, mediaType == null ? "" : mediaType, body == null ? "" : body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "TradesBody  | /v1/trades  | `{}`",
        "TradesBody  | /v1/trades  | `{\"rows\":[{\"price\":1,\"size\":1}]}`",
        "TradesBody  | /v1/trades  | `{\"rows\":[{\"ts\":1,\"price\":true,\"size\":1}]}`",
        "TradesBody  | /v1/trades  | `{\"rows\":[{\"ts\":1,\"price\":1,\"size\":1,\"cost\":1}]}`",
        "TradesBody  | /v1/trades  |"
            + " `{\"rows\":[{\"ts\":1,\"price\":1,\"size\":1,\"side\":\"b\"}]}`",
        "QuotesBody  | /v1/quotes  | `{\"rows\":[{\"ts\":1,\"bid\":[]}]}`",
        "CandlesBody | /v1/candles | `{\"rows\":[{\"ts\":1,\"open\":1}]}`",
      })
  void whatTheDocumentForbidsIsRefused(String schema, String path, String body) {
    assertThat(API.faults(API.schema(schema), body)).isNotEmpty();
    String defaults = path + "?venue=binance&symbol=BTCUSDT&timeframe=1m";
    assertThat(checked("POST", defaults, "application/json", body).statusCode()).isEqualTo(422);
  }

  @Test
  void takesEveryDescribedParameterAndNoOther() {
    for (Operation operation : API.operations()) {
      boolean webSocket = operation.description().getJsonObject("responses").containsKey("101");
      if (operation.method().equals("GET") && operation.path().startsWith("/v1/") && !webSocket) {
        String path = operation.path().replaceAll("[{}]", "");
        for (String name : API.parameters(operation)) {
          String body = server.send("GET", path + "?" + name + "=", "").body();
          assertThat(body).as(operation + " " + name).contains(name + ": is empty");
        }
        assertThat(server.send("GET", path + "?venues=x", "").body())
            .contains("venues: is not a parameter of this request");
      }
    }
  }

  @Test
  void speaksOnTheIngestSocketAsDescribed() throws InterruptedException {
    BlockingQueue<String> said = new LinkedBlockingQueue<>();
    WebSocket socket = connect("/v1/ingest", said);
    send(socket, "IngestHello", "{\"t\":\"hello\",\"v\":1,\"stream\":\"openapi\"}");
    assertSaid("IngestWelcome", said);
    String trade = "{\"t\":\"trades\",\"seq\":%d,\"venue\":\"binance\",\"symbol\":\"BTCUSDT\",%s}";
    String rows = "\"rows\":[{\"ts\":1767605400120,\"price\":\"NaN\",\"size\":1}]";
    socket.writeTextMessage(trade.formatted(1, rows));
    JsonObject ack = assertSaid("IngestAck", said);
    assertThat(ack.getJsonArray("rejected")).hasSize(1);
    send(socket, "IngestMessage", trade.formatted(9, "\"rows\":[]"));
    assertSaid("IngestError", said);
    assertThat(checked("GET", "/v1/streams/openapi", "", "").statusCode()).isEqualTo(200);
    HttpResponse<String> rejects = checked("GET", "/v1/rejects?stream=openapi", "", "");
    assertThat(rejects.body()).contains("not_finite");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"candles\",\"timeframe\":\"1m\"", "\"trades\"", "\"quotes\""})
  void speaksOnTheLiveSocketAsDescribed(String channel) throws InterruptedException {
    BlockingQueue<String> said = new LinkedBlockingQueue<>();
    WebSocket socket = connect("/v1/subscribe", said);
    String subscribe =
        "{\"t\":\"subscribe\",\"id\":1,\"channel\":%s,\"venue\":\"binance\",\"symbol\":\"%s\"}";
    send(socket, "Subscribe", subscribe.formatted(channel, "NONE"));
    assertSaid("LiveError", said);
    send(socket, "Subscribe", subscribe.formatted(channel, "BTCUSDT"));
    assertThat(assertSaid("Snapshot", said).getJsonArray("rows")).isNotEmpty();
    assertSaid("LiveMark", said);
    send(socket, "Unsubscribe", "{\"t\":\"unsubscribe\",\"id\":1}");
    assertSaid("Unsubscribed", said);
  }

  @Test
  void followsRecordsAsDescribed() throws InterruptedException {
    BlockingQueue<String> said = new LinkedBlockingQueue<>();
    WebSocket socket = connect("/v1/subscribe", said);
    String subscribe =
        "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"records\",\"kind\":\"%s\",\"name\":[\"a\"]%s}";
    send(socket, "Subscribe", subscribe.formatted("none", ""));
    assertSaid("LiveError", said);
    send(socket, "Subscribe", subscribe.formatted("kind", ",\"latest\":true"));
    assertThat(assertSaid("Snapshot", said).getJsonArray("rows")).hasSize(1);
    assertSaid("LiveMark", said);
  }

  private static WebSocket connect(String path, BlockingQueue<String> said) {
    URI url = URI.create(server.url());
    WebSocket socket =
        client
            .connect(
                new WebSocketConnectOptions()
                    .setHost(url.getHost())
                    .setPort(url.getPort())
                    .setURI(path))
            .await();
    socket.textMessageHandler(said::add);
    return socket;
  }

  private static void send(WebSocket socket, String schema, String message) {
    assertThat(API.faults(API.schema(schema), message)).isEmpty();
    socket.writeTextMessage(message);
  }

  private static JsonObject assertSaid(String schema, BlockingQueue<String> said)
      throws InterruptedException {
    String message = said.poll(10, TimeUnit.SECONDS);
    assertThat(message).isNotNull();
    assertThat(API.faults(API.schema(schema), message)).as(message).isEmpty();
    return new JsonObject(message);
  }

  @Test
  void keysAreAskedForAsDescribed() {
    List<String> open = List.of("/", "/livez", "/readyz", "/openapi.json", "/ping", "/settings");
    try (RunningServer guarded = RunningServer.with(Map.of("API_KEYS_FILE", keys()))) {
      for (Operation operation : API.operations()) {
        HttpResponse<String> answer =
            guarded.send(operation.method(), operation.path().replaceAll("[{}]", ""), "");
        boolean allowed = open.contains(operation.path());
        boolean answered = answer.statusCode() == 200 || answer.statusCode() == 204;
        assertThat(answered).as("%s: %s", operation, answer.statusCode()).isEqualTo(allowed);
        assertThat(allowed || answer.statusCode() == 401).as("%s", operation).isTrue();
        String contentType = answer.headers().firstValue("Content-Type").orElse("");
        API.assertAnswer(operation, answer.statusCode(), contentType, answer.body());
      }
    }
  }

  private static String keys() {
    return TestApiKey.of("read-key", "read").toString();
  }
}
