package dev.candlewick.server;

import dev.candlewick.server.Migrator.UnsuitableException;
import dev.candlewick.server.ServerConfig.InvalidException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The whole server, in this JVM, on a free port and the test database. */
public final class RunningServer implements AutoCloseable {
  private static final List<String> RETENTION =
      List.of(
          "TRADES",
          "QUOTES",
          "CANDLES_1M",
          "CANDLES_5M",
          "CANDLES_15M",
          "CANDLES_1H",
          "CANDLES_4H",
          "CANDLES_1D");

  private final Server server;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningServer(Server server) {
    this.server = server;
  }

  /** What the server needs to run on the test database; {@code settings} without their prefix. */
  static Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CANDLEWICK_DB_URL", TestDatabase.shared().url());
    environment.put("CANDLEWICK_HTTP_PORT", "0");
    RETENTION.forEach(of -> environment.put("CANDLEWICK_RETENTION_" + of, "none"));
    settings.forEach((key, value) -> environment.put("CANDLEWICK_" + key, value));
    return environment;
  }

  /** With these settings, their keys without the prefix, beside what every test needs. */
  public static RunningServer with(Map<String, String> settings) {
    return of(environment(settings));
  }

  static RunningServer of(Map<String, String> environment) {
    try {
      Server server = new Server(ServerConfig.from(environment));
      server.start();
      server.awaitMigration();
      return new RunningServer(server);
    } catch (InvalidException | ServerException | UnsuitableException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  Routes routes() {
    return server.routes();
  }

  /** {@code http://host:port}. */
  public String url() {
    return server.url();
  }

  URI uri(String path) {
    return URI.create(server.url() + path);
  }

  int port() {
    return uri("").getPort();
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  HttpResponse<String> post(String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  /** Sends a request; {@code body} is empty for none. */
  public HttpResponse<String> send(String method, String path, String body, String... headers) {
    return send(
        request(path, headers)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    return headers.length == 0 ? request : request.headers(headers);
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
    server.stop();
  }
}
