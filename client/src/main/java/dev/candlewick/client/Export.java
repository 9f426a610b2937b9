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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads a range of rows over the read API, page by page along the cursors. */
final class Export {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 10;
  private static final int OK = 200;
  private static final String PAGE = "10000";

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final Query query;

  /**
   * What is asked for.
   *
   * @param server such as {@code http://127.0.0.1:8080}
   * @param symbols those wanted; empty for all of the venue
   * @param parameters of the read, beside what names an instrument
   */
  record Query(
      URI server,
      @Nullable String apiKey,
      RowKind kind,
      String venue,
      List<String> symbols,
      @Nullable String timeframe,
      Map<String, String> parameters) {

    /** The fields that name an instrument, and its candles, in each row. */
    List<String> instrumentFields() {
      return timeframe == null
          ? List.of("venue", "symbol")
          : List.of("venue", "symbol", "timeframe");
    }

    private Map<String, String> instrument(String symbol) {
      Map<String, String> instrument = new LinkedHashMap<>();
      instrument.put("venue", venue);
      instrument.put("symbol", symbol);
      if (timeframe != null) {
        instrument.put("timeframe", timeframe);
      }
      return instrument;
    }
  }

  Export(Query query) {
    this.query = query;
  }

  /**
   * Writes every row of every instrument, in order of time; tells how many after each page.
   *
   * @throws IOException if the server cannot be asked or refuses; what it said is in the message
   */
  void write(RowWriter rows, LongConsumer progress) throws IOException, InterruptedException {
    for (String symbol : query.symbols().isEmpty() ? allSymbols() : query.symbols()) {
      Map<String, String> instrument = query.instrument(symbol);
      rows.turnTo(instrument);
      Map<String, String> parameters = new LinkedHashMap<>(instrument);
      parameters.putAll(query.parameters());
      parameters.putAll(Map.of("limit", PAGE, "unit", "iso", "format", "ndjson"));
      String cursor = null;
      do {
        if (cursor != null) {
          parameters.put("cursor", cursor);
        }
        HttpResponse<String> page = get("/v1/" + query.kind(), parameters);
        for (String row : page.body().split("\n")) {
          if (!row.isEmpty()) {
            rows.write(row);
          }
        }
        progress.accept(rows.rows());
        cursor = page.headers().firstValue("X-Next-Cursor").orElse(null);
      } while (cursor != null);
    }
  }

  private List<String> allSymbols() throws IOException, InterruptedException {
    List<String> symbols = new ArrayList<>();
    Map<String, String> parameters = new LinkedHashMap<>(Map.of("venue", query.venue()));
    String cursor = null;
    do {
      if (cursor != null) {
        parameters.put("cursor", cursor);
      }
      cursor = null;
      try (JsonParser in = JSON.createParser(get("/v1/instruments", parameters).body())) {
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
          if (token == JsonToken.VALUE_STRING && "symbol".equals(in.currentName())) {
            symbols.add(in.getText());
          } else if (token == JsonToken.VALUE_STRING && "next_cursor".equals(in.currentName())) {
            cursor = in.getText();
          }
        }
      }
    } while (cursor != null);
    return symbols;
  }

  /** The answer to a GET; waits where the server asks for patience. */
  private HttpResponse<String> get(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(query.server().resolve(path + text)).timeout(PATIENCE);
    if (query.apiKey() != null) {
      request.header("Authorization", "Bearer " + query.apiKey());
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    for (int attempt = 2; passes(answer) && attempt <= ATTEMPTS; attempt++) {
      TimeUnit.SECONDS.sleep(answer.headers().firstValueAsLong("Retry-After").orElse(1));
      answer = http.send(request.build(), BodyHandlers.ofString());
    }
    if (answer.statusCode() != OK) {
      throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer;
  }

  private static boolean passes(HttpResponse<String> answer) {
    return answer.statusCode() == 429 || answer.statusCode() == 503;
  }
}
