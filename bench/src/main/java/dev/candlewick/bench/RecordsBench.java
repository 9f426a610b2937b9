package dev.candlewick.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What bots write and read, one request after another, and how fast a feature set is filled in. */
final class RecordsBench {
  private static final String JSON = "application/json";
  private static final int ROWS_A_REQUEST = 5_000;
  private static final int BOTS = 100;
  private static final int POSITIONS = 10_000;
  private static final int STATES = 4;
  private static final int TRADES = 5_000;
  private static final long SECOND = 1_000;
  private static final long DAY = 86_400 * SECOND;
  private static final int CANDLES = 20_000;

  private static final String FEATURES =
      "\"rsi(14)\",\"ema(20)\",\"sma(50)\",\"atr(14)\",\"macd(12,26,9)\",\"bbands(20,2)\","
          + "\"adx(14)\",\"stoch(14,3,3)\",\"return(1)\",\"zscore(20)\"";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI server;
  private final long now = System.currentTimeMillis() / SECOND * SECOND;
  private long inserted;
  private int sets;

  RecordsBench(URI server) {
    this.server = server;
  }

  /** One thing that someone does. */
  interface Asked {
    void ask() throws IOException, InterruptedException;
  }

  /** Stores what is read. */
  void load() throws IOException, InterruptedException {
    store("bots", BOTS, i -> "\"status\":\"active\",\"last_heartbeat\":" + now, i -> now);
    store("balances", BOTS, i -> "\"account\":\"main\",\"equity\":\"10000.50\"", i -> now);
    store(
        "positions",
        POSITIONS * STATES,
        i ->
            "\"position_id\":\"p%d\",\"venue\":\"bench\",\"symbol\":\"S0\",\"side\":\"long\",\"quantity\":\"0.5\",\"avg_entry_price\":\"93120.1\",\"unrealized_pnl\":%d,\"status\":\"open\""
                .formatted(i % POSITIONS, i),
        i -> now - DAY + i * SECOND);
    store(
        "orders",
        TRADES,
        i ->
            "\"order_id\":\"o%d\",\"side\":\"buy\",\"quantity\":1,\"status\":\"filled\""
                .formatted(i),
        i -> now - DAY + i * SECOND);
    store(
        "journal",
        TRADES * BOTS / 10,
        i ->
            "\"trade_id\":\"t%d\",\"entry_time\":%d,\"exit_time\":%d,\"pnl_usd\":%d,\"fees\":1,\"side\":\"long\""
                .formatted(i, now - i * 600 * SECOND, now - i * 500 * SECOND, i * 37 % 101 - 45),
        i -> now - i * 500 * SECOND);
    candles();
  }

  private void store(String kind, int rows, IntFunction<String> row, IntFunction<Long> ts)
      throws IOException, InterruptedException {
    for (int from = 0; from < rows; from += ROWS_A_REQUEST) {
      String body =
          IntStream.range(from, Math.min(rows, from + ROWS_A_REQUEST))
              .mapToObj(
                  i ->
                      "{\"ts\":%d,\"bot\":\"bot-%d\",%s}"
                          .formatted(ts.apply(i), i % BOTS, row.apply(i)))
              .collect(Collectors.joining(",", "{\"rows\":[", "]}"));
      send("POST", "/v1/records/" + kind, body);
    }
  }

  private void candles() throws IOException, InterruptedException {
    long first = now / 60_000 * 60_000 - CANDLES * 60_000L;
    for (int from = 0; from < CANDLES; from += ROWS_A_REQUEST) {
      String rows =
          IntStream.range(from, from + ROWS_A_REQUEST)
              .mapToObj(
                  i ->
                      "{\"ts\":%d,\"open\":%2$d,\"high\":%3$d,\"low\":%2$d,\"close\":%3$d,\"volume\":1}"
                          .formatted(first + i * 60_000L, 100 + i % 7, 101 + i % 11 + i % 7))
              .collect(Collectors.joining(","));
      send(
          "POST",
          "/v1/candles",
          "{\"venue\":\"features\",\"symbol\":\"S\",\"timeframe\":\"1m\",\"rows\":[" + rows + "]}");
    }
  }

  /** What is measured, by name. */
  Map<String, Asked> questions() {
    Map<String, Asked> questions = new LinkedHashMap<>();
    questions.put("insert of a trade, REST", this::insertTrade);
    questions.put("insert of a record, REST", this::insertRecord);
    questions.put(
        "newest state of one key",
        () -> get("/v1/records/positions?latest=true&bot=bot-7&position_id=p7"));
    questions.put(
        "open positions of a bot",
        () -> get("/v1/records/positions?latest=true&bot=bot-7&status=open"));
    questions.put(
        "newest states of 10,000 keys", () -> get("/v1/records/positions?latest=true&limit=10000"));
    questions.put(
        "range of 1,000 records",
        () -> get("/v1/records/positions?limit=1000&from=" + (now - DAY + 5_000 * SECOND)));
    questions.put("performance by day", () -> get("/v1/performance?bot=bot-7&by=day"));
    questions.put("dashboard of a bot", this::dashboard);
    return questions;
  }

  private void insertTrade() throws IOException, InterruptedException {
    send(
        "POST",
        "/v1/trades",
        "{\"venue\":\"bench\",\"symbol\":\"S0\",\"rows\":[{\"ts\":%d,\"price\":1,\"size\":1,\"id\":\"r%d\"}]}"
            .formatted(now, ++inserted));
  }

  private void insertRecord() throws IOException, InterruptedException {
    send(
        "POST",
        "/v1/records/orders",
        "{\"rows\":[{\"ts\":%d,\"bot\":\"bot-0\",\"order_id\":\"n%d\",\"status\":\"filled\"}]}"
            .formatted(now, ++inserted));
  }

  private void dashboard() throws IOException, InterruptedException {
    for (String path :
        List.of(
            "/v1/records/bots?latest=true&bot=bot-7",
            "/v1/records/balances?latest=true&bot=bot-7",
            "/v1/records/positions?latest=true&bot=bot-7&status=open",
            "/v1/records/orders?limit=50&order=desc&bot=bot-7",
            "/v1/records/journal?limit=50&order=desc&bot=bot-7",
            "/v1/performance?bot=bot-7&window=30d",
            "/v1/performance?bot=bot-7&by=day")) {
      get(path);
    }
  }

  /** Milliseconds of each. */
  double[] times(Asked asked, int count) throws IOException, InterruptedException {
    double[] times = new double[count];
    for (int i = 0; i < count; i++) {
      long began = System.nanoTime();
      asked.ask();
      times[i] = (System.nanoTime() - began) / 1e6;
    }
    return times;
  }

  /** Creates a feature set over existing minutes; returns its rows per second. */
  double fill() throws IOException, InterruptedException {
    String path = "/v1/feature-sets/bench_%d".formatted(++sets);
    long began = System.nanoTime();
    send(
        "PUT",
        path,
        "{\"timeframe\":\"1m\",\"instruments\":[{\"venue\":\"features\",\"symbol\":\"S\"}],\"features\":[%s]}"
            .formatted(FEATURES));
    while (!new JsonObject(get(path))
        .getJsonObject("progress")
        .getString("state")
        .equals("complete")) {
      Thread.sleep(100);
    }
    return CANDLES / ((System.nanoTime() - began) / 1e9);
  }

  private String get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  private String send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path))
            .header("Content-Type", JSON)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() > 201) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + answer.body());
    }
    return answer.body();
  }
}
