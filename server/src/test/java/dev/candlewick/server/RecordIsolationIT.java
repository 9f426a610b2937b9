package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key that is confined to certain bots writes only theirs. */
class RecordIsolationIT {
  private static final String ADMIN = "Bearer admin";
  private static final String CONFINED = "Bearer confined";
  private static final String OF_BOTS =
      """
      {"kind":"of_bots","key":["bot","id"],"columns":[{"name":"bot","type":"text","required":true},
        {"name":"id","type":"text","required":true}]}
      """;
  private static final String OF_NOBODY =
      """
      {"kind":"of_nobody","key":["id"],"columns":[{"name":"bot","type":"text"},
        {"name":"id","type":"text","required":true}]}
      """;

  private static RunningServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    Path keys =
        Files.write(
            directory.resolve("keys"),
            List.of(
                TestApiKey.line(1, "admin", "admin"),
                TestApiKey.line(2, "confined", "ingest,read") + " bot=alpha,beta"));
    server = RunningServer.with(Map.of("API_KEYS_FILE", keys.toString()));
    for (String declaration : List.of(OF_BOTS, OF_NOBODY)) {
      String kind = new JsonObject(declaration).getString("kind");
      HttpResponse<String> put =
          server.send("PUT", "/v1/kinds/" + kind, declaration, "Authorization", ADMIN);
      assertThat(put.statusCode()).as(put.body()).isIn(200, 201);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> post(String kind, String bot, String query) {
    return server.post(
        "/v1/records/" + kind + query,
        "{\"rows\":[{\"ts\":1,\"id\":\"1\",\"bot\":%s}]}".formatted(bot),
        "Authorization",
        CONFINED);
  }

  private static long rows(String kind) {
    return TestDatabase.shared().number("select count(*) from record." + kind);
  }

  @Test
  void overRestOthersAre403() {
    long before = rows("of_bots");
    assertThat(post("of_bots", "\"alpha\"", "").statusCode()).isEqualTo(200);
    for (String query : List.of("", "?on_error=skip")) {
      for (String bot :
          List.of("\"gamma\"", "\"Alpha\"", "\"alpha \"", "\"\"", "7", "\"gamma\",\"colour\":1")) {
        HttpResponse<String> refused = post("of_bots", bot, query);
        assertThat(refused.statusCode()).as(bot).isEqualTo(403);
        assertThat(new JsonObject(refused.body()).getString("code")).isEqualTo("forbidden_bot");
      }
    }
    assertThat(rows("of_bots") - before).isLessThanOrEqualTo(1);
  }

  @Test
  void kindsWithoutBotInTheirKeyAre403() {
    for (String bot : List.of("\"alpha\"", "null")) {
      HttpResponse<String> refused = post("of_nobody", bot, "");
      assertThat(refused.statusCode()).isEqualTo(403);
    }
    assertThat(rows("of_nobody")).isZero();
  }

  @Test
  void overASocketItIsARejectARow() {
    try (IngestSocket socket =
        IngestSocket.open(URI.create(server.url()), "Authorization", CONFINED)) {
      socket.hello("confined");
      socket.say(
          "{\"t\":\"records\",\"kind\":\"of_bots\",\"seq\":1,\"rows\":[{\"ts\":2,\"id\":\"s\",\"bot\":\"gamma\"},"
              + "{\"ts\":2,\"id\":\"s\",\"bot\":\"beta\"}]}");
      JsonObject ack = socket.ackOf(1);
      assertThat(ack.getJsonArray("rejected").size()).isEqualTo(1);
      assertThat(ack.getJsonArray("rejected").getJsonObject(0).getString("code"))
          .isEqualTo("forbidden_bot");
    }
    assertThat(
            TestDatabase.shared()
                .text("select string_agg(distinct bot, ',') from record.of_bots where id = 's'"))
        .isEqualTo("beta");
  }

  @Test
  void inLineProtocolItIsForbidden() {
    HttpResponse<String> refused =
        server.send(
            "POST",
            "/write",
            "of_bots,bot=beta id=\"l\"\nof_bots,bot=gamma id=\"l\"\n",
            "Authorization",
            CONFINED);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(new JsonObject(refused.body()).getString("code")).isEqualTo("forbidden");
    assertThat(TestDatabase.shared().number("select count(*) from record.of_bots where id = 'l'"))
        .isZero();
  }

  @Test
  void onlyAnAdminDeclares() {
    assertThat(
            server
                .send("PUT", "/v1/kinds/of_bots", OF_BOTS, "Authorization", CONFINED)
                .statusCode())
        .isEqualTo(403);
  }
}
