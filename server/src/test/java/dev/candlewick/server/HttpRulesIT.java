package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What any HTTP server must do, whatever is asked of it. */
class HttpRulesIT {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("ALLOWED_ORIGINS", "https://charts.example.com"));
    server.post("/v1/trades", Messages.body("HEAD", Messages.trade(Messages.HOUR_AGO, 1, 1)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String said(String request) throws IOException {
    try (RawHttp raw = new RawHttp(server.uri(""))) {
      raw.send(request);
      return raw.readToEnd(SOON);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/livez",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/",
        "/v1/instruments",
        "/v1/latest",
        "/v1/candles?venue=binance&symbol=HEAD&timeframe=1m",
        "/v1/candles?venue=binance&symbol=HEAD&timeframe=1m&format=ndjson",
        "/v1/trades?venue=binance&symbol=HEAD&format=csv",
        "/v1/candles?venue=binance",
        "/none",
        "/api/v3/time",
        "/udf/time",
        "/ping"
      })
  void answersHeadAsGetWithoutTheBody(String path) throws IOException {
    HttpResponse<String> get = server.get(path);
    String head =
        said("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(head).startsWith("HTTP/1.1 " + get.statusCode()).endsWith("\r\n\r\n");
    assertThat(head.indexOf("\r\n\r\n")).as("%s", head).isEqualTo(head.length() - 4);
    get.headers()
        .firstValue("content-type")
        .ifPresent(type -> assertThat(head.toLowerCase()).contains(type.toLowerCase()));
  }

  @ParameterizedTest
  @CsvSource({
    "/livez, 'GET, HEAD, OPTIONS'",
    "/v1/trades, 'GET, HEAD, OPTIONS, POST'",
    "/v1/instruments/binance/X, 'GET, HEAD, OPTIONS, PUT'",
    "/v1/candles, 'GET, HEAD, OPTIONS, POST'",
  })
  void optionsTellsWhatThereIs(String path, String allowed) {
    HttpResponse<String> answer = server.send("OPTIONS", path, "");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Allow")).hasValue(allowed);
    HttpResponse<String> other = server.send("DELETE", path, "");
    assertThat(other.statusCode()).isEqualTo(405);
    assertThat(other.headers().firstValue("Allow")).hasValue(allowed);
  }

  @Test
  void optionsOfAnUnknownPathIs404() {
    assertThat(server.send("OPTIONS", "/none", "").statusCode()).isEqualTo(404);
  }

  @Test
  void pagesOfAllowedOriginsMayAskBefore() {
    HttpResponse<String> answer =
        server.send("OPTIONS", "/v1/candles", "", "Origin", "https://charts.example.com");
    assertThat(answer.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("X-API-Key");
    HttpResponse<String> foreign =
        server.send("OPTIONS", "/v1/candles", "", "Origin", "https://evil.example.com");
    assertThat(foreign.headers().firstValue("Access-Control-Allow-Headers")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/instruments", "/v1/none", "/livez", "/metrics", "/api/v3/time"})
  void everyAnswerForbidsSniffing(String path) {
    assertThat(server.get(path).headers().allValues("X-Content-Type-Options"))
        .containsExactly("nosniff");
  }

  @ParameterizedTest
  @CsvSource({
    "GET /livez HTTP/3.7, 505",
    "GET /livez HTTP/2.0, 505",
    "GET /livez HTTP/1.9, 505",
    "GET /livez HTTX/1.1, 400",
    "GET  HTTP/1.1, 400",
    "BAD, 400"
  })
  void answersABadRequestLine(String line, int status) throws IOException {
    String said = said(line + "\r\nHost: localhost\r\n\r\n");
    assertThat(said).startsWith("HTTP/1.1 " + status);
    JsonObject problem = new JsonObject(said.substring(said.indexOf("\r\n\r\n")));
    assertThat(problem.fieldNames())
        .containsExactly("type", "title", "status", "code", "detail", "request_id");
    assertThat(said).containsIgnoringCase("X-Request-Id: " + problem.getString("request_id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz", "-5", "ffffffffffffffff", "1 2", "5;\u0001"})
  void answersABadChunkSize(String size) throws IOException {
    String said =
        said(
            "POST /v1/trades HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + size
                + "\r\nhello\r\n0\r\n\r\n");
    assertThat(said).startsWith("HTTP/1.1 400").contains("malformed");
  }

  @Test
  void aBrokenFrameIsCutSoonAfterItsCloseCode() {
    try (RawSocket socket = RawSocket.open(server.uri(""))) {
      socket.hello("broken-frames");
      long start = System.nanoTime();
      socket.frame(RawSocket.FIN | RawSocket.RSV1 | RawSocket.TEXT, new byte[] {'{', '}'});
      assertThat(socket.closeCode()).isEqualTo(1002);
      while (socket.read() != null) {
        // until the connection ends
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void manyEmptyGzipMembersAreAnsweredSoon() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int i = 0; i < 20_000; i++) {
      new GZIPOutputStream(body).close();
    }
    assertThat(zipped(body)).startsWith("HTTP/1.1 4").contains("\"malformed\"");
  }

  private static String zipped(ByteArrayOutputStream body) throws IOException {
    try (RawHttp raw = new RawHttp(server.uri(""))) {
      raw.send(
          "POST /v1/trades HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: "
              + body.size()
              + "\r\n\r\n");
      raw.send(body.toByteArray());
      return raw.readToEnd(SOON);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{%s}", "{\"rows\":[{%s}]}"})
  void manyUnknownFieldsAreRefusedAtTheFirstTooMany(String around) {
    StringBuilder fields = new StringBuilder("\"a\":1");
    for (int i = 0; i < 400_000; i++) {
      fields.append(",\"k").append(Integer.toString(i * 7919, 36)).append("\":1");
    }
    HttpResponse<String> answer = server.post("/v1/trades", around.formatted(fields));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(new JsonObject(answer.body()).getString("detail"))
        .contains("more than 64 unknown fields");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ts,price,size\n1,2\n",
        "ts,price,size\n1,\"2\n",
        "ts,price,size\n\"1\"x,2,3\n",
        "ts,price\n1,2,3\n"
      })
  void badCsvIsToldInWords(String csv) {
    HttpResponse<String> answer =
        server.send("POST", "/v1/trades?venue=v&symbol=s", csv, "Content-Type", "text/csv");
    assertThat(answer.statusCode()).isIn(400, 422);
    assertThat(answer.body()).doesNotContain("Exception").doesNotContain("siegmar");
  }
}
