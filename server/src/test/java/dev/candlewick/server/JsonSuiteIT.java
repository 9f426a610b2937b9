package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * nst/JSONTestSuite: documents that a parser must refuse (n), must read (y), and may do either with
 * (i). Skipped where the suite is not there.
 */
class JsonSuiteIT {
  private static final Path SUITE = Path.of("..", "..", "shared", "data", "json-test-suite.tar.gz");

  @TempDir static Path folder;
  private static TestDatabase database;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeThat(Files.exists(SUITE)).isTrue();
    Process tar =
        new ProcessBuilder("tar", "xzf", SUITE.toString(), "-C", folder.toString()).start();
    assertThat(tar.waitFor()).isZero();
    database = TestDatabase.empty();
    server = ServerProcess.on(database);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Map<String, byte[]> documents(String prefix) throws IOException {
    Map<String, byte[]> documents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve("test_parsing"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith(prefix)).toList()) {
        documents.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    assertThat(documents).hasSizeGreaterThan(30);
    return documents;
  }

  private static HttpResponse<String> post(byte[] document) {
    return server.post("/v1/trades", "application/json", document);
  }

  private static boolean isMalformed(HttpResponse<String> answer) {
    return answer.statusCode() == 400 && answer.body().contains("\"code\":\"malformed\"");
  }

  /** The error code and the close code that a document is answered with as the first message. */
  private static String say(byte[] document) {
    try (RawSocket socket = RawSocket.open(server.url())) {
      socket.frame(RawSocket.FIN | RawSocket.TEXT, document);
      return socket.json().getString("code") + " " + socket.closeCode();
    }
  }

  @Test
  void refusesByRestWhatIsNotJson() throws IOException {
    documents("n_")
        .forEach((name, document) -> assertThat(isMalformed(post(document))).as(name).isTrue());
    assertThat(nothingWritten()).isTrue();
  }

  @Test
  void refusesByWebSocketWhatIsNotJson() throws IOException {
    documents("n_")
        .forEach(
            (name, document) -> assertThat(say(document)).as(name).isEqualTo("malformed 1007"));
    assertThat(nothingWritten()).isTrue();
  }

  @Test
  void neverCallsJsonMalformedByRest() throws IOException {
    documents("y_")
        .forEach(
            (name, document) -> assertThat(post(document).statusCode()).as(name).isEqualTo(422));
  }

  @Test
  void neverCallsJsonMalformedByWebSocket() throws IOException {
    documents("y_")
        .forEach(
            (name, document) -> assertThat(say(document)).as(name).isEqualTo("bad_message 4400"));
  }

  @Test
  void answersWhatMayBeEither() throws IOException {
    for (Map.Entry<String, byte[]> each : documents("i_").entrySet()) {
      assertThat(post(each.getValue()).statusCode()).as(each.getKey()).isIn(400, 422);
      assertThat(say(each.getValue()))
          .as(each.getKey())
          .matches("(malformed 1007|bad_message 4400)");
    }
    assertThat(nothingWritten()).isTrue();
  }

  private static boolean nothingWritten() {
    return database.number("select count(*) from market.instruments") == 0
        && database.number("select count(*) from market.trades") == 0;
  }
}
