package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What feeds and files send that is broken, or right and unusual: refused by place, or taken. */
class InputFormsIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static RunningServer server;

  private String symbol;

  @BeforeAll
  static void start() {
    DATABASE.clear();
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameASymbol() {
    symbol = "S" + UUID.randomUUID().toString().substring(0, 8);
  }

  private long stored() {
    return DATABASE.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  private static HttpResponse<String> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .headers(headers)
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> csv(String more, String body)
      throws IOException, InterruptedException {
    return post(
        "/v1/trades?venue=binance&symbol=" + symbol + more,
        body.replace("T", String.valueOf(HOUR_AGO))
            .replace("~", "\n")
            .getBytes(StandardCharsets.UTF_8),
        "Content-Type",
        "text/csv");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ts,price,size,id~T,1,2,\"abc~T,5,6,7 | line 2: a quote is never closed",
        "\"ts,price,size~T,1,2~T,1,2 | line 1: a quote is never closed",
        "T,1,2 | is not a field of trades",
        "ts,price,size,cost~ | line 1: column \"cost\"",
      })
  void refusesCsvThatLosesRows(String body, String reason)
      throws IOException, InterruptedException {
    for (String skip : List.of("", "&on_error=skip")) {
      HttpResponse<String> answer = csv(skip, body);
      assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(400);
      assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("malformed");
      assertThat(new JsonObject(answer.body()).getString("detail")).contains(reason);
    }
    assertThat(stored()).isZero();
  }

  @Test
  void skipsALineThatIsNoRow() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        csv("&on_error=skip", "ts,price,size,id\nT,1,2,1\nT,1\nT,1,2,3,4\nT,1,2,2");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    JsonObject told = new JsonObject(answer.body());
    assertThat(told.getInteger("inserted")).isEqualTo(2);
    assertThat(told.getJsonArray("rejected").encode())
        .contains("\"index\":1", "line 3 has 2 cells, the header has 4", "\"index\":2");
    String ndjson =
        "{\"ts\":T,\"price\":1,\"size\":1,\"id\":3}\n"
            + "{\"ts\":T,\"pr\n"
            + "{\"ts\":T,\"price\":NaN,\"size\":1}";
    answer =
        post(
            "/v1/trades?on_error=skip&venue=binance&symbol=" + symbol,
            ndjson.replace("T", String.valueOf(HOUR_AGO)).getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/x-ndjson");
    assertThat(new JsonObject(answer.body()).getInteger("inserted")).isEqualTo(1);
    assertThat(answer.body()).contains("line 2: not JSON", "\"bad_type\"", "\"not_finite\"");
    assertThat(stored()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "\u001f\u008b", "\0"})
  void refusesWhatFollowsGzipAndIsNone(String tail) throws IOException, InterruptedException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write("ts,price,size\n%d,1,2\n".formatted(HOUR_AGO).getBytes(StandardCharsets.UTF_8));
    }
    zipped.write(tail.getBytes(StandardCharsets.ISO_8859_1));
    HttpResponse<String> answer =
        post(
            "/v1/trades?venue=binance&symbol=" + symbol,
            zipped.toByteArray(),
            "Content-Type",
            "text/csv",
            "Content-Encoding",
            "gzip");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("malformed");
    assertThat(stored()).isZero();
  }

  @Test
  void rejectsNaNByWebSocketAndGoesOn() {
    try (IngestSocket feed = IngestSocket.open(URI.create(server.url()))) {
      feed.hello(symbol);
      String row = "{\"t\":\"trades\",\"seq\":%d,\"venue\":\"x\",\"symbol\":\"%s\",\"rows\":[%s]}";
      String good = "{\"ts\":%d,\"price\":1,\"size\":1,\"id\":%d}";
      feed.say(
          row.formatted(
              1,
              symbol,
              good.formatted(HOUR_AGO, 1)
                  + ",{\"ts\":%d,\"price\":NaN,\"size\":1},".formatted(HOUR_AGO)
                  + good.formatted(HOUR_AGO, 2)));
      feed.say(row.formatted(2, symbol, good.formatted(HOUR_AGO, 3)));
      JsonArray rejected = new JsonArray();
      JsonObject ack = feed.expect("ack");
      while (true) {
        rejected.addAll(ack.getJsonArray("rejected"));
        if (ack.getLong("committed") == 2) {
          break;
        }
        ack = feed.expect("ack");
      }
      assertThat(rejected).hasSize(1);
      assertThat(rejected.getJsonObject(0).getString("code")).isEqualTo("not_finite");
    }
    assertThat(stored()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/csv             | ts,price,size~T,1,2",
        "application/x-ndjson | {\"ts\":T,\"price\":1,\"size\":2}",
        "application/json     | {\"rows\":[{\"ts\":T,\"price\":1,\"size\":2}]}"
      })
  void passesOverAByteOrderMark(String type, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        post(
            "/v1/trades?venue=binance&symbol=" + symbol,
            ("\uFEFF" + body.replace("T", "" + HOUR_AGO).replace("~", "\n"))
                .getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            type);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    answer =
        post(
            "/write?precision=ms",
            ("\uFEFFtrades,venue=binance,symbol=" + symbol + " price=1,size=2,id=7i " + HOUR_AGO)
                .getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "text/plain");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(204);
    assertThat(stored()).isEqualTo(2);
  }

  @Test
  void takesItsOwnExportInEveryUnit() throws IOException, InterruptedException {
    csv("", "ts,price,size,id\nT,1,2,5");
    for (String unit : List.of("s", "ms", "us", "ns", "iso")) {
      String exported =
          server
              .get("/v1/trades?venue=binance&format=csv&symbol=%s&unit=%s".formatted(symbol, unit))
              .body();
      HttpResponse<String> answer =
          post(
              "/v1/trades?venue=binance&symbol=%s%s"
                  .formatted(symbol, unit.equals("iso") ? "" : "&unit=" + unit),
              exported.getBytes(StandardCharsets.UTF_8),
              "Content-Type",
              "text/csv");
      assertThat(answer.statusCode()).as("%s %s", unit, answer.body()).isEqualTo(200);
    }
    assertThat(stored()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"trades", "quotes"})
  void pagesByNanosecondsThatAreFinerThanWhatIsStored(String kind)
      throws IOException, InterruptedException {
    long micros = HOUR_AGO * 1_000 + 456;
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      rows.add(
          kind.equals("trades")
              ? "{\"ts\":%d,\"price\":1,\"size\":1,\"id\":%d}".formatted(micros + i, i)
              : "{\"ts\":%d,\"bid\":1}".formatted(micros + i));
    }
    String body = "{\"venue\":\"binance\",\"symbol\":\"%s\",\"unit\":\"us\",\"rows\":%s}";
    assertThat(server.post("/v1/" + kind, body.formatted(symbol, rows)).statusCode())
        .isEqualTo(200);
    String path = "/v1/%s?venue=binance&symbol=%s&unit=ns".formatted(kind, symbol);
    List<Long> found = new ArrayList<>();
    long from = micros * 1_000;
    for (int page = 0; page < 5; page++) {
      JsonArray one =
          new JsonObject(server.get(path + "&limit=1&from=" + from).body()).getJsonArray(kind);
      if (one.isEmpty()) {
        break;
      }
      found.add(one.getJsonObject(0).getLong("ts"));
      from = found.get(found.size() - 1) + 1;
    }
    assertThat(found).containsExactly(micros * 1_000, (micros + 1) * 1_000, (micros + 2) * 1_000);
    String upTo = path + "&from=%d&to=%d".formatted(micros * 1_000, micros * 1_000 + 1);
    assertThat(new JsonObject(server.get(upTo).body()).getJsonArray(kind)).hasSize(1);
  }
}
