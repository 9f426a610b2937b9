package dev.candlewick.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.candlewick.net.Problem;
import dev.candlewick.server.TestServer;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class ProblemsTest {
  private static final Map<String, Throwable> FAILURES =
      Map.of(
          "own", new Problem(422, "rows_rejected", "3 rows are wrong"),
          "bug", new IllegalStateException("select secret from db.internal"),
          "busy", new ConnectionPoolTooBusyException("full"),
          "waiting", new VertxException("Timeout waiting for connection"),
          "closed", ClosedConnectionException.INSTANCE,
          "away", new ConnectException("Connection refused: db.internal:5432"),
          "slow", new TimeoutException("db.internal"));

  private static TestServer server;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void listen() {
    server = TestServer.with(ProblemsTest::routes);
  }

  private static void routes(Router router) {
    FAILURES.forEach((name, failure) -> router.get("/" + name).handler(ctx -> ctx.fail(failure)));
    router
        .get("/sql/:state")
        .handler(
            ctx ->
                ctx.fail(
                    new PgException("relation secret", "ERROR", ctx.pathParam("state"), "detail")));
    router
        .get("/thrown")
        .handler(
            ctx -> {
              throw new IllegalArgumentException("secret");
            });
    router
        .get("/things/:name")
        .method(HttpMethod.HEAD)
        .handler(ctx -> Reply.send(ctx, "text/plain", Buffer.buffer("four")));
    router.put("/things/:name").handler(BodyHandler.create(false).setBodyLimit(4));
    router.post("/other").handler(ctx -> ctx.end());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void listenToTheLog() {
    log.start();
    logger().addAppender(log);
    logger().setAdditive(false);
  }

  @AfterEach
  void leaveTheLog() {
    logger().detachAppender(log);
    logger().setAdditive(true);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(Problems.class);
  }

  @Test
  void answersAProblemAsItIs() {
    JsonObject problem = server.problem(422, "/own");
    assertThat(problem.fieldNames())
        .containsExactly("type", "title", "status", "code", "detail", "request_id");
    assertThat(problem.getString("code")).isEqualTo("rows_rejected");
    assertThat(problem.getString("detail")).isEqualTo("3 rows are wrong");
    assertThat(problem.getString("title")).isEqualTo("Unprocessable Entity");
    assertThat(problem.getInteger("status")).isEqualTo(422);
    assertThat(log.list).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bug", "/thrown", "/sql/42601", "/sql/XX000"})
  void tellsNothingOfABugButLogsItOnceUnderTheRequestsId(String path) {
    JsonObject problem = server.problem(500, path);
    assertThat(problem.getString("code")).isEqualTo("internal");
    assertThat(problem.encode()).doesNotContain("secret", "db.internal", "relation", "Exception");
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage()).contains(problem.getString("request_id"));
    assertThat(log.list.get(0).getThrowableProxy()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/busy",
        "/waiting",
        "/closed",
        "/away",
        "/slow",
        "/sql/57014",
        "/sql/57P01",
        "/sql/08006",
        "/sql/53300",
        "/sql/25006",
        "/sql/42P01",
        "/sql/42883",
        "/sql/3F000",
        "/sql/3D000"
      })
  void asksToTryAgainWhenTheDatabaseIsAwayOrTooSlow(String path) {
    HttpResponse<String> response = server.send("GET", path);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(response.body()).getString("code")).isEqualTo("unavailable");
    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(response.body()).doesNotContain("db.internal", "relation");
  }

  @Test
  void refusesAnUnknownPath() {
    assertThat(server.problem(404, "/v1/nothing").getString("code")).isEqualTo("not_found");
  }

  @Test
  void refusesAPathThatIsNotPercentEncoded() {
    assertThat(server.raw("GET /things/%zz")).startsWith("HTTP/1.1 400").contains("\"malformed\"");
  }

  @Test
  void tellsWhichMethodsAPathTakes() {
    HttpResponse<String> response = server.send("DELETE", "/things/a");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(new JsonObject(response.body()).getString("code")).isEqualTo("method_not_allowed");
    assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS, PUT");
    assertThat(server.send("GET", "/other").headers().firstValue("Allow"))
        .hasValue("OPTIONS, POST");
  }

  @Test
  void refusesABodyOverTheLimit() {
    HttpResponse<String> response = server.put("/things/a", "12345");
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(new JsonObject(response.body()).getString("code")).isEqualTo("too_large");
  }

  @Test
  void answersHeadWithTheHeadersOfGet() {
    HttpResponse<String> response = server.send("HEAD", "/things/a");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Length")).hasValue("4");
    assertThat(response.body()).isEmpty();
    assertThat(server.send("HEAD", "/v1/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void keepsTheClientsRequestId() {
    HttpResponse<String> response = server.send("GET", "/own", "X-Request-Id", "run-7.1");
    assertThat(new JsonObject(response.body()).getString("request_id")).isEqualTo("run-7.1");
    assertThat(response.headers().firstValue("X-Request-Id")).hasValue("run-7.1");
  }

  @Test
  void makesARequestIdWhereTheClientsIsNoPlainWord() {
    HttpResponse<String> response = server.send("GET", "/own", "X-Request-Id", "a b\"c");
    assertThat(new JsonObject(response.body()).getString("request_id")).matches("[0-9a-f-]{36}");
  }
}
