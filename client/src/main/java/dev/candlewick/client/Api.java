package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The read API of a server, with retries. */
final class Api {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 10;
  private static final JsonFactory JSON = new JsonFactory();
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final URI server;
  private final @Nullable String apiKey;
  private final Duration patience;
  private volatile boolean hasAnswered;

  /** {@code server} such as {@code http://127.0.0.1:8080}, or its ingest address. */
  Api(URI server, @Nullable String apiKey) {
    this(server, apiKey, PATIENCE);
  }

  /** The same, waiting this long for an answer. */
  Api(URI server, @Nullable String apiKey, Duration patience) {
    String text = server.toString().replaceFirst("^ws", "http").replaceFirst("/v1/ingest$", "");
    this.server = URI.create(text);
    this.apiKey = apiKey;
    this.patience = patience;
  }

  URI server() {
    return server;
  }

  /**
   * The answer to a GET; waits and retries if the server asks for it.
   *
   * @throws IOException if the server cannot be reached or refuses; the message has what it said
   */
  HttpResponse<String> get(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = ask(path, parameters);
    if (answer.statusCode() != OK) {
      throw refused(path, answer);
    }
    return answer;
  }

  /** The same; null if the server does not know the instrument. */
  @Nullable HttpResponse<String> getIfKnown(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = ask(path, parameters);
    if (answer.statusCode() == NOT_FOUND && answer.body().contains("unknown_instrument")) {
      return null;
    }
    if (answer.statusCode() != OK) {
      throw refused(path, answer);
    }
    return answer;
  }

  /** The answer to a POST of JSON; waits and retries if the server asks for it. */
  HttpResponse<String> post(String path, Map<String, String> parameters, String json)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        ask(
            path,
            parameters,
            request ->
                request
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json)));
    if (answer.statusCode() != OK) {
      throw refused(path, answer);
    }
    return answer;
  }

  /** What was refused and why: code and detail of a problem from the server. */
  private static IOException refused(String path, HttpResponse<String> answer) {
    String code = "";
    String detail = answer.body();
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (type.startsWith("application/problem+json")) {
      try (JsonParser json = JSON.createParser(answer.body())) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          boolean isText = json.nextToken() == JsonToken.VALUE_STRING;
          code = isText && name.equals("code") ? " " + json.getText() : code;
          detail = isText && name.equals("detail") ? json.getText() : detail;
          json.skipChildren();
        }
      } catch (IOException e) {
        return new IOException(path + " answered " + answer.statusCode() + ": " + answer.body(), e);
      }
    }
    return new IOException(path + " answered " + answer.statusCode() + code + ": " + detail);
  }

  private HttpResponse<String> ask(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    return ask(path, parameters, HttpRequest.Builder::GET);
  }

  private HttpResponse<String> ask(
      String path, Map<String, String> parameters, UnaryOperator<HttpRequest.Builder> method)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    HttpRequest.Builder request =
        method.apply(HttpRequest.newBuilder(server.resolve(path + text)).timeout(patience));
    if (apiKey != null) {
      request.header("Authorization", "Bearer " + apiKey);
    }
    HttpResponse<String> answer = send(request.build());
    for (int attempt = 2; passes(answer) && attempt <= ATTEMPTS; attempt++) {
      TimeUnit.SECONDS.sleep(answer.headers().firstValueAsLong("Retry-After").orElse(1));
      answer = send(request.build());
    }
    return answer;
  }

  /** A server that has answered before is restarting, or busy: a read is asked again. */
  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<String> answer = send(http, request, patience);
        hasAnswered = true;
        return answer;
      } catch (IOException e) {
        if (!hasAnswered || !request.method().equals("GET") || attempt == ATTEMPTS) {
          throw e;
        }
        TimeUnit.SECONDS.sleep(attempt);
      }
    }
  }

  /** The request's own time ends with the answer's head: a body may stop coming for good. */
  static HttpResponse<String> send(HttpClient http, HttpRequest request, Duration patience)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request, BodyHandlers.ofString());
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException(
          "no whole answer from "
              + request.uri().getAuthority()
              + " within "
              + patience.toSeconds()
              + " s");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof IOException io ? io : new IOException(cause);
    } finally {
      answer.cancel(true);
    }
  }

  private static boolean passes(HttpResponse<String> answer) {
    return answer.statusCode() == 429 || answer.statusCode() == 503;
  }
}
