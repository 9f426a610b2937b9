package dev.candlewick.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) ->
                new StreamHandler(new StreamRepository(pool), ctx -> null).mount(router));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void knowsStreams() {
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into ingest.streams
          (api_key_id, stream, epoch, committed_seq, rows, created_at, last_activity)
        values (0, 'feed-7', 12, 4710, 99000, '2024-03-01T00:00:00Z', '2024-03-01T12:00:00.5Z'),
               (3, 'feed-7', 1, 5, 50, '2024-02-01T00:00:00Z', '2024-02-01T12:00:00Z'),
               (3, 'feed-8', 1, 0, 0, '2024-02-01T00:00:00Z', '2024-02-01T12:00:00Z'),
               (-1, 'rest-1', 1, 7, 7, '2024-02-01T00:00:00Z', '2024-02-01T12:00:00Z');
        insert into ingest.rejects (api_key_id, stream, seq, index, field, code, detail, at)
        values (0, 'feed-7', 4733, 17, 'price', 'not_finite', 'NaN', '2024-03-01T12:00:00Z'),
               (3, 'feed-8', 1, 0, null, 'refused_by_database', null, '2024-03-01T12:00:01Z'),
               (-1, 'rest-1', 1, 0, 'ts', 'ts_too_old', null, '2024-03-01T12:00:01Z'),
               (0, 'feed-7', 4740, 2, 'size', 'out_of_range', '-1', '2024-03-01T12:00:02Z')
        """);
  }

  private static List<Object> values(JsonArray rows, String field) {
    return IntStream.range(0, rows.size())
        .mapToObj(i -> rows.getJsonObject(i).getValue(field))
        .toList();
  }

  @Test
  void listsTheStreamsOfFeedsButNotTheServersOwn() {
    JsonObject answer = server.get("/v1/streams");
    assertThat(values(answer.getJsonArray("streams"), "stream"))
        .containsExactly("feed-7", "feed-7", "feed-8");
    assertThat(answer.getValue("next_cursor")).isNull();
  }

  @Test
  void followsTheCursorToEveryStreamOnce() {
    JsonObject first = server.get("/v1/streams?limit=1");
    JsonObject rest = server.get("/v1/streams?cursor=" + first.getString("next_cursor"));
    assertThat(values(first.getJsonArray("streams"), "api_key_id")).containsExactly(0);
    assertThat(values(rest.getJsonArray("streams"), "api_key_id")).containsExactly(3, 3);
  }

  @Test
  void tellsHowFarAStreamIsCommitted() {
    assertThat(server.get("/v1/streams/feed-7").encode())
        .isEqualTo(
            """
            {"stream":"feed-7","api_key_id":0,"epoch":12,"committed_seq":4710,"next_seq":4711,\
            "rows":99000,"created_at":1709251200000,"last_activity":1709294400500}\
            """);
    assertThat(server.get("/v1/streams/feed-8?unit=iso").getString("last_activity"))
        .isEqualTo("2024-02-01T12:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/streams/feed-9, 404, unknown_stream",
    "/v1/streams/rest-1, 404, unknown_stream",
    "/v1/streams/a%00b, 400, bad_parameter",
    "/v1/streams?cursor=x, 400, bad_parameter",
    "/v1/rejects?after=-1, 400, bad_parameter",
    "/v1/rejects?stream=a%20b, 400, bad_parameter"
  })
  void refusesWhatItCannotAnswer(String path, int status, String code) {
    assertThat(server.problem(status, path).getString("code")).isEqualTo(code);
  }

  @Test
  void listsTheRefusedRowsOfAStream() {
    assertThat(server.get("/v1/rejects?stream=feed-7&limit=1").encode())
        .isEqualTo(
            """
            {"rejects":[{"id":1,"stream":"feed-7","api_key_id":0,"seq":4733,"index":17,"field":"price",\
            "code":"not_finite","detail":"NaN","at":1709294400000}],"after":1}\
            """);
  }

  @Test
  void goesOnAfterTheLastRefusedRow() {
    JsonObject rest = server.get("/v1/rejects?stream=feed-7&after=1");
    assertThat(values(rest.getJsonArray("rejects"), "seq")).containsExactly(4740);
    assertThat(rest.getInteger("after")).isEqualTo(4);
    JsonObject none = server.get("/v1/rejects?stream=feed-7&after=4");
    assertThat(none.getJsonArray("rejects")).isEmpty();
    assertThat(none.getInteger("after")).isEqualTo(4);
  }

  @Test
  void listsTheRefusedRowsOfAllStreams() {
    assertThat(values(server.get("/v1/rejects").getJsonArray("rejects"), "stream"))
        .containsExactly("feed-7", "feed-8", "feed-7");
  }

  @Test
  void answersHead() {
    for (String path : List.of("/v1/streams", "/v1/streams/feed-7", "/v1/rejects")) {
      assertThat(server.send("HEAD", path).statusCode()).isEqualTo(200);
    }
  }
}
