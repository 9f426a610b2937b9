package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Before the schema is there, and after it went away. */
class NoSchemaIT {
  private static final List<String> READS =
      List.of(
          "/v1/instruments",
          "/v1/instruments/v/s",
          "/v1/candles?venue=v&symbol=s&timeframe=1m",
          "/v1/trades?venue=v&symbol=s",
          "/v1/quotes?venue=v&symbol=s",
          "/v1/latest",
          "/v1/latest?venue=v&symbol=s",
          "/v1/coverage?venue=v&symbol=s&timeframe=1m",
          "/v1/streams",
          "/v1/streams/s",
          "/v1/rejects",
          "/api/v3/klines?symbol=S&interval=1m",
          "/api/v3/exchangeInfo",
          "/api/v3/ticker/price",
          "/udf/search?query=s",
          "/udf/symbols?symbol=v:s",
          "/udf/history?symbol=v:s&resolution=1&from=1&to=2");

  @Test
  void everythingIsUnavailableUntilTheSchemaIsThereAndOnceItIsGone() throws Exception {
    TestDatabase database = TestDatabase.empty();
    Server server;
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      statement.execute("create extension if not exists timescaledb");
      other.setAutoCommit(false);
      statement.execute("create schema ingest");
      server =
          new Server(
              ServerConfig.from(RunningServer.environment(Map.of("DB_URL", database.url()))));
      server.start();
      awaitStarting(server);
      unavailable(server);
      other.rollback();
    }
    server.awaitMigration();
    String url = server.url();
    ServerProcess.await(
        "ready", Duration.ofSeconds(20), () -> Http.get(url + "/readyz").statusCode() == 200);
    assertThat(Http.get(url + "/v1/instruments").statusCode()).isEqualTo(200);
    database.execute("drop schema market cascade; drop schema ingest cascade");
    unavailable(server);
    server.stop();
  }

  private static void awaitStarting(Server server) {
    ServerProcess.await(
        "not ready",
        Duration.ofSeconds(20),
        () -> Http.get(server.url() + "/readyz").statusCode() == 503);
  }

  private static void unavailable(Server server) throws SQLException {
    for (String path : READS) {
      HttpResponse<String> answer = Http.get(server.url() + path);
      assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).as(path).isPresent();
      assertThat(answer.body()).as(path).doesNotContain("does not exist").doesNotContain("42P01");
    }
    try (RawSocket live = RawSocket.openAt(java.net.URI.create(server.url()), "/v1/subscribe")) {
      live.text(
          "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"trades\",\"venue\":\"v\",\"symbol\":\"s\"}");
      JsonObject told = live.json();
      assertThat(told.getString("code")).as("%s", told).isEqualTo("unavailable");
    }
  }

  private static final class Http {
    private static final java.net.http.HttpClient CLIENT = java.net.http.HttpClient.newHttpClient();

    static HttpResponse<String> get(String url) {
      try {
        return CLIENT.send(
            java.net.http.HttpRequest.newBuilder(java.net.URI.create(url)).build(),
            HttpResponse.BodyHandlers.ofString());
      } catch (java.io.IOException e) {
        throw new IllegalStateException(url, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(url, e);
      }
    }
  }
}
