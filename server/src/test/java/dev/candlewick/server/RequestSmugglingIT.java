package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that a proxy and a server may read differently, so that the body of one becomes the next
 * one's beginning. Behind each comes a good request: its answer must never be heard.
 */
class RequestSmugglingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String HEAD =
      "POST /v1/trades HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  private static final String NEXT = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.[01] (\\d{3})");

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String answers(String request) throws IOException {
    try (RawHttp client = new RawHttp(server.uri(""))) {
      client.send(request + NEXT);
      String said = client.readToEnd(PATIENCE);
      return String.join(
          " ", ANSWER.matcher(said).results().map(answer -> answer.group(1)).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: x, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: 2, 40\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: -2\r\n\r\n{}",
        "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 2 0\r\n\r\n{}",
        "Content-Length: 1\r\n 0\r\n\r\n{}",
        "Content-Length: \r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "X-Bare-CR: a\rContent-Length: 30\r\n\r\n",
        "X-Bare-LF: a\nContent-Length: 30\r\n\r\n",
        "X-NUL: a\u0000b\r\n\r\n",
        " X-Folded-First: a\r\n\r\n",
        "X Space: a\r\n\r\n",
        "No-Colon\r\n\r\n",
        "Host: y\r\n\r\n"
      })
  void refusesHeadersThatCanBeReadInTwoWaysAndCloses(String headers) throws IOException {
    String first = headers.startsWith(" ") ? "POST /v1/trades HTTP/1.1\r\n" : HEAD;
    assertThat(answers(first + headers)).isEqualTo("400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/trades HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/trades HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /livez HTTP/1.1\nHost: x\n\n",
        "GET /livez HTTP/1.1\rHost: x\r\r",
        "GET /livez\r\n\r\n",
        "GET /livez x HTTP/1.1\r\nHost: x\r\n\r\n"
      })
  void refusesRequestsThatOnlySomeReadAndCloses(String request) throws IOException {
    assertThat(answers(request)).isEqualTo("400");
  }

  /** The connection ends at the bad chunk; whether a 400 can still be sent is as it comes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "+2\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "100000002\r\n{}\r\n0\r\n\r\n",
        "2\n{}\r\n0\r\n\r\n",
        "2;\n{}\r\n0\r\n\r\n",
        "2;a\rb\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "2\r\n{}xx0\r\n\r\n",
        "\r\n{}\r\n0\r\n\r\n"
      })
  void closesAtAChunkThatIsNotFramedExactly(String chunks) throws IOException {
    assertThat(answers(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks)).isIn("", "400");
  }
}
