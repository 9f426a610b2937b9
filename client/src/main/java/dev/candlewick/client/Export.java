package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads a range of rows over the read API, page by page along the cursors. */
final class Export {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String PAGE = "10000";

  private final Api api;
  private final Query query;

  /**
   * What is requested.
   *
   * @param symbols those wanted; empty for all of the venue
   * @param parameters of the read, besides those that name an instrument
   */
  record Query(
      Kind kind,
      String venue,
      List<String> symbols,
      @Nullable String timeframe,
      Map<String, String> parameters) {

    /** The fields of a row that name an instrument, and its candles. */
    List<String> instrumentFields() {
      if (kind.isRecords()) {
        return List.of();
      }
      return timeframe == null
          ? List.of("venue", "symbol")
          : List.of("venue", "symbol", "timeframe");
    }

    private String path() {
      return kind.isRecords() ? "/v1/records/" + kind : "/v1/" + kind;
    }

    private Map<String, String> instrument(String symbol) {
      Map<String, String> instrument = new LinkedHashMap<>();
      if (kind.isRecords()) {
        return instrument;
      }
      instrument.put("venue", venue);
      instrument.put("symbol", symbol);
      if (timeframe != null) {
        instrument.put("timeframe", timeframe);
      }
      return instrument;
    }
  }

  Export(Api api, Query query) {
    this.api = api;
    this.query = query;
  }

  /**
   * Writes every row of every instrument, in order of time; reports the count after each page.
   * Records are written in one go, whatever their instruments.
   *
   * @throws IOException if the server cannot be reached or refuses; the message has what it said
   */
  void write(RowWriter rows, LongConsumer progress) throws IOException, InterruptedException {
    for (String symbol : symbols()) {
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
        HttpResponse<String> page = api.get(query.path(), parameters);
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

  /** The fields of the answer's rows, from the first row of the first symbol. */
  static List<String> fields(Api api, Map<String, String> parameters)
      throws IOException, InterruptedException {
    Map<String, String> first = new LinkedHashMap<>(parameters);
    first.putAll(Map.of("limit", "1", "unit", "iso", "format", "ndjson"));
    List<String> fields = new ArrayList<>();
    try (JsonParser in = JSON.createParser(api.get("/v1/indicators", first).body())) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.FIELD_NAME && !in.currentName().equals("ts")) {
          fields.add(in.currentName());
        }
      }
    }
    return fields;
  }

  private List<String> symbols() throws IOException, InterruptedException {
    if (query.kind().isRecords()) {
      return List.of("");
    }
    return query.symbols().isEmpty() ? allSymbols() : query.symbols();
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
      try (JsonParser in = JSON.createParser(api.get("/v1/instruments", parameters).body())) {
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
          if (token == JsonToken.VALUE_STRING && "symbol".equals(in.currentName())) {
            symbols.add(in.getText());
          } else if (token == JsonToken.VALUE_STRING && "next_cursor".equals(in.currentName())) {
            cursor = in.getText();
          }
        }
      }
    } while (cursor != null);
    if (symbols.isEmpty()) {
      throw new IOException("the server knows no instrument at " + query.venue());
    }
    return symbols;
  }
}
