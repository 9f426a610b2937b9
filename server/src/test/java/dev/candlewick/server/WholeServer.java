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
import java.util.Map;

/** The whole server in this JVM, on the test database and a free port; data is kept for ever. */
public final class WholeServer implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Server server;

  private WholeServer(Map<String, String> environment) {
    try {
      server = new Server(ServerConfig.from(environment));
      server.start();
      server.awaitMigration();
    } catch (InvalidException | ServerException | UnsuitableException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** With these settings beside the ones that every test needs. */
  public static WholeServer with(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("CANDLEWICK_DB_URL", TestDatabase.shared().url());
    environment.put("CANDLEWICK_HTTP_HOST", "127.0.0.1");
    environment.put("CANDLEWICK_HTTP_PORT", "0");
    for (String relation : new String[] {"TRADES", "QUOTES", "CANDLES_1M", "CANDLES_5M"}) {
      environment.put("CANDLEWICK_RETENTION_" + relation, "none");
    }
    for (String relation : new String[] {"CANDLES_15M", "CANDLES_1H", "CANDLES_4H"}) {
      environment.put("CANDLEWICK_RETENTION_" + relation, "none");
    }
    return new WholeServer(environment);
  }

  Routes routes() {
    return server.routes();
  }

  /** {@code http://127.0.0.1:port}. */
  public String url() {
    return server.url();
  }

  /** Sends a request; {@code body} is empty for none. */
  public HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path));
    request.method(
        method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
