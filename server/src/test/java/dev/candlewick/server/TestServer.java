package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.web.Problems;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** An HTTP server on a free port with the routes under test, and a client for it. */
public final class TestServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;

  private TestServer(BiConsumer<Vertx, Router> routes) {
    Router router = Router.router(vertx);
    Problems.mount(router);
    routes.accept(vertx, router);
    port =
        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await().actualPort();
  }

  /** With these routes. */
  public static TestServer with(Consumer<Router> routes) {
    return new TestServer((vertx, router) -> routes.accept(router));
  }

  /** With routes that read the test database. */
  public static TestServer onDatabase(BiConsumer<Router, Pool> routes) {
    return new TestServer(
        (vertx, router) -> routes.accept(router, TestDatabase.shared().pool(vertx)));
  }

  /** Where it listens, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Sends a request without a body; {@code path} with its query, percent-encoded. */
  public HttpResponse<String> send(String method, String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    request.method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  /** Sends a PUT with a JSON body. */
  public HttpResponse<String> put(String path, String json) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json))
            .build());
  }

  /** The JSON of a GET that must succeed. */
  public JsonObject get(String path) {
    HttpResponse<String> response = send("GET", path);
    assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  /** The problem of a GET that must fail with this status. */
  public JsonObject problem(int status, String path) {
    HttpResponse<String> response = send("GET", path);
    assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    return new JsonObject(response.body());
  }

  /** The whole answer to a request line that no well-behaved client would send. */
  public String raw(String line) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(line, e);
    }
  }

  private URI uri(String path) {
    return URI.create(url() + path);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(request.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
