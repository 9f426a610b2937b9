package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Idempotency-Key: the rows are written once, whatever the client sends again. */
class IdempotencyIT {
  private static TestDatabase database;
  private static ServerProcess one;
  private static ServerProcess other;

  private String key;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    one = ServerProcess.on(database);
    other = ServerProcess.on(database);
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  @BeforeEach
  void makeAKey() {
    key = "key " + UUID.randomUUID();
  }

  private String symbol() {
    return "S" + key.substring(4, 12);
  }

  private long stored() {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol()));
  }

  private HttpResponse<String> post(ServerProcess server, double price) {
    return server.post(
        "/v1/trades", body(symbol(), trade(HOUR_AGO, price, 1)), "Idempotency-Key", key);
  }

  @Test
  void answersTheSameRequestWithItsFirstAnswer() {
    HttpResponse<String> first = post(one, 1);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
    for (ServerProcess server : List.of(one, other)) {
      HttpResponse<String> again = post(server, 1);
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
      JsonObject replayed = new JsonObject(again.body());
      assertThat(replayed.getInteger("inserted")).isEqualTo(1);
    }
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void repeatsTheFirstAnswerByteForByte() {
    String first = post(one, 1).body();
    assertThat(post(one, 1).body()).isEqualTo(first);
  }

  @Test
  void refusesAKeyThatWasUsedForOtherRows() {
    post(one, 1);
    HttpResponse<String> answer = post(one, 2);
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("idempotency_key_reused");
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void aRefusedRequestDoesNotUseItsKeyUp() {
    HttpResponse<String> refused =
        one.post("/v1/trades", body(symbol(), trade(HOUR_AGO, "x", 1)), "Idempotency-Key", key);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(post(one, 1).statusCode()).isEqualTo(200);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void saysThatTheFirstRequestIsStillRunning() throws SQLException {
    try (Connection blocking = database.connect();
        Statement statement = blocking.createStatement()) {
      blocking.setAutoCommit(false);
      statement.execute("lock table market.trades in access exclusive mode");
      CompletableFuture<HttpResponse<String>> first =
          one.postLater(
              "/v1/trades", body(symbol(), trade(HOUR_AGO, 1, 1)), "Idempotency-Key", key);
      ServerProcess.sleep(300);
      HttpResponse<String> second = post(one, 1);
      assertThat(second.statusCode()).isEqualTo(409);
      assertThat(second.headers().firstValue("Retry-After")).isPresent();
      blocking.rollback();
      assertThat(first.join().statusCode()).isEqualTo(200);
    }
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void writesOnceWhenManyRequestsComeToTwoServersAtOnce() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(
          (i % 2 == 0 ? one : other)
              .postLater(
                  "/v1/trades", body(symbol(), trade(HOUR_AGO, 1, 1)), "Idempotency-Key", key));
    }
    int taken = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      HttpResponse<String> response = answer.join();
      assertThat(response.statusCode()).as("%s", response.body()).isIn(200, 409);
      taken += response.statusCode() == 200 ? 1 : 0;
    }
    assertThat(taken).isPositive();
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void refusesAKeyThatIsTooLong() {
    for (String bad : List.of("x".repeat(129))) {
      HttpResponse<String> answer =
          one.post("/v1/trades", body(symbol(), trade(HOUR_AGO, 1, 1)), "Idempotency-Key", bad);
      assertThat(answer.statusCode()).isEqualTo(400);
    }
    assertThat(stored()).isZero();
  }

  @Test
  void forgetsAKeyAfterADay() {
    post(one, 1);
    database.execute(
        "update ingest.idempotency set created_at = created_at - interval '25 hours' where key = '%s'"
            .formatted(key));
    assertThat(post(one, 2).statusCode()).isEqualTo(200);
    assertThat(stored()).isEqualTo(2);
  }
}
