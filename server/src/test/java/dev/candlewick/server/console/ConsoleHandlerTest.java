package dev.candlewick.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleHandlerTest {
  private static final Path FOLDER = Path.of("src/main/resources/console");

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server = TestServer.with(router -> new ConsoleHandler().mount(router));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @Test
  void servesEveryFileOfTheFolderAndNoOther() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertThat(names).contains("index.html");
      assertThat(ConsoleHandler.FILES)
          .containsExactlyInAnyOrderElementsOf(
              names.stream().filter(name -> !name.equals("index.html")).toList());
    }
  }

  @Test
  void letsThePageLoadNothingFromElsewhereAndBeFramedByNobody() {
    HttpResponse<String> page = server.send("GET", "/");
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(page.body()).doesNotContain("<style", "style=", "onclick");
  }

  @Test
  void answersNotModifiedToTheEtagItGave() {
    HttpResponse<String> first = server.send("GET", "/openapi.json");
    String etag = first.headers().firstValue("ETag").orElse("");
    assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
    for (String held : List.of(etag, "W/" + etag, "\"other\", " + etag)) {
      HttpResponse<String> again = server.send("GET", "/openapi.json", "If-None-Match", held);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
    HttpResponse<String> other = server.send("GET", "/openapi.json", "If-None-Match", "\"other\"");
    assertThat(other.statusCode()).isEqualTo(200);
  }

  @Test
  void answersHeadWithoutABody() {
    HttpResponse<String> head = server.send("HEAD", "/console/app.js");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/",
        "/console/index.html",
        "/console/../logback.xml",
        "/console/..%2flogback.xml",
        "/console/%2e%2e/%2e%2e/etc/passwd",
        "/logback.xml",
        "/dev/candlewick/server/Main.class"
      })
  void servesNothingThatIsNotListed(String path) {
    assertThat(server.raw("GET " + path)).startsWith("HTTP/1.1 404");
  }
}
