package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.Ingest;
import dev.candlewick.ingest.IngestConfig;
import dev.candlewick.ingest.socket.Limits;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.record.Retention;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.candle.CandleHandler;
import dev.candlewick.server.candle.CandleMemory;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.indicator.IndicatorHandler;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.memory.ChangeRepository;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.record.KindRepository;
import dev.candlewick.server.record.RecordHandler;
import dev.candlewick.server.record.RecordRepository;
import dev.candlewick.server.tick.TickHandler;
import dev.candlewick.server.tick.TickRepository;
import dev.candlewick.server.web.Problems;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A server instance in this JVM: write way, roll-up, candles, ticks and the live way. */
final class LiveInstance implements AutoCloseable {
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Live live;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Ingest ingest;
  private final HttpServer http;

  LiveInstance(LiveLimits limits) {
    this(limits, ChangeFeed.UNTOLD);
  }

  /** {@code untold}: when it looks for commits that nobody told of. */
  LiveInstance(LiveLimits limits, Duration untold) {
    TestDatabase database = TestDatabase.shared();
    Pool pool = database.pool(vertx);
    Clock clock = Clock.systemUTC();
    Candles candles = new Candles(new CandleRepository(pool), clock);
    InstrumentRepository instruments = new InstrumentRepository(pool);
    ingest = new Ingest(vertx, config(URI.create(database.url())), registry);
    ingest.start();
    live =
        new Live(
            new Groups(vertx, new LiveRepository(pool), candles, clock, untold),
            instruments,
            new LiveMetrics(registry),
            limits);
    Memory memory = new Memory(32 << 20, vertx, new ChangeRepository(pool), registry);
    Router router = Router.router(vertx);
    Problems.mount(router);
    ingest.mount(router, request -> IngestKey.NONE);
    live.mount(router);
    CandleMemory kept = new CandleMemory(candles, memory);
    new CandleHandler(candles, kept).mount(router);
    new IndicatorHandler(candles, kept).mount(router);
    new TickHandler(instruments, new TickRepository(pool)).mount(router);
    new RecordHandler(new KindRepository(pool), new RecordRepository(pool)).mount(router);
    http = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await();
  }

  private static IngestConfig config(URI database) {
    String[] user = database.getUserInfo().split(":", 2);
    String jdbc =
        "jdbc:postgresql://%s:%d%s"
            .formatted(database.getHost(), database.getPort(), database.getPath());
    return new IngestConfig(
        new IngestConfig.Database(jdbc, user[0], user[1]),
        2,
        5_000,
        1 << 20,
        Duration.ofMillis(5),
        64 << 20,
        16 << 20,
        new Limits(262_144, 5_000, 64, 4 << 20),
        16 << 20,
        false,
        new Retention(
            Retention.FOR_EVER, Retention.FOR_EVER, Collections.nCopies(6, Retention.FOR_EVER)),
        null,
        null);
  }

  URI webSocket() {
    return URI.create("ws://127.0.0.1:" + http.actualPort() + "/v1/subscribe");
  }

  /** Posts rows of a symbol of the venue {@code test} and waits for the commit. */
  JsonObject post(String kind, String symbol, JsonArray rows) {
    JsonObject body = new JsonObject().put("venue", "test").put("symbol", symbol).put("rows", rows);
    HttpRequest request =
        HttpRequest.newBuilder(uri("/v1/" + kind))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.encode()))
            .build();
    return send(request);
  }

  /** Every candle from {@code from} (ms) on, by ts. */
  Map<Long, JsonObject> candles(String symbol, String timeframe, long from) {
    return pages(
        "candles",
        "/v1/candles?venue=test&limit=10000&symbol=%s&timeframe=%s&from=%d"
            .formatted(symbol, timeframe, from));
  }

  /** Every row of indicators from {@code from} (ms) on, by ts. */
  Map<Long, JsonObject> indicators(String symbol, String timeframe, String list, long from) {
    return pages(
        "rows",
        "/v1/indicators?venue=test&limit=10000&symbol=%s&timeframe=%s&from=%d&indicators=%s"
            .formatted(symbol, timeframe, from, URLEncoder.encode(list, StandardCharsets.UTF_8)));
  }

  /** Every row of the answer's pages, by ts. */
  private Map<Long, JsonObject> pages(String name, String path) {
    Map<Long, JsonObject> rows = new TreeMap<>();
    String cursor = "";
    while (cursor != null) {
      String more =
          cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      JsonObject page = send(HttpRequest.newBuilder(uri(path + more)).GET().build());
      page.getJsonArray(name)
          .forEach(row -> rows.put(((JsonObject) row).getLong("ts"), (JsonObject) row));
      cursor = page.getString("next_cursor");
    }
    return rows;
  }

  /** A request with a JSON body that must succeed; {@code body} is empty for none. */
  JsonObject request(String method, String path, String body) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + http.actualPort() + path);
  }

  private JsonObject send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as("%s", response.body()).isIn(200, 201);
      return new JsonObject(response.body());
    } catch (IOException e) {
      throw new IllegalStateException(request.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    live.stop();
    try {
      ingest.stop(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    vertx.close().await();
  }
}
