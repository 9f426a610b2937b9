package dev.candlewick.server.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.net.Problem;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.indicator.IndicatorQuery;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client's message, field by field; throws {@link Problem} if one is invalid. */
final class Request {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Set<String> KNOWN =
      Set.of(
          "t",
          "id",
          "channel",
          "venue",
          "symbol",
          "timeframe",
          "from",
          "last",
          "unit",
          "indicators");

  /** Fields of other channels that may be columns of a kind. */
  private static final Set<String> COLUMNS = Set.of("venue", "symbol", "timeframe", "indicators");

  private static final long LARGEST_ID = (1L << 53) - 1;
  private static final int LAST = 500;

  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Long> integers = new HashMap<>();
  private final Map<String, List<String>> columns = new LinkedHashMap<>();
  private @Nullable Problem fault;

  private Request() {}

  /**
   * Reads a message, even one with invalid content, which {@link #fault} reports.
   *
   * @throws JsonProcessingException if it is not JSON in UTF-8
   * @throws Problem if it is not one object
   */
  static Request parse(byte[] message) throws IOException {
    Request request = new Request();
    try (JsonParser json = JSON.createParser(message)) {
      JsonToken first = json.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new Problem(400, "malformed", "expected one JSON object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        request.field(json);
      }
      if (json.nextToken() != null) {
        throw new Problem(400, "malformed", "expected one JSON object");
      }
    }
    if (Channel.INDICATORS.word().equals(request.texts.get("channel"))) {
      List<String> list = request.columns.remove("indicators");
      if (list != null) {
        request.texts.put("indicators", String.join(",", list));
      }
    }
    if (!request.isOfRecords()) {
      for (String name : request.columns.keySet()) {
        String reason = KNOWN.contains(name) ? mustBe(name) : "is not a field of this message";
        request.fault = Problem.badParameter(excerpt(name), reason);
      }
    }
    return request;
  }

  private boolean isOfRecords() {
    return Channel.RECORDS.word().equals(texts.get("channel"));
  }

  /** One value of a column, or a list of them. */
  private List<String> values(String name, JsonParser json) throws IOException {
    boolean list = json.currentToken() == JsonToken.START_ARRAY;
    List<String> values = new ArrayList<>();
    JsonToken value = list ? json.nextToken() : json.currentToken();
    while (value != JsonToken.END_ARRAY) {
      if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
        values.add(json.getText());
      } else {
        fault = Problem.badParameter(excerpt(name), "must be a value of the column, or a list");
        json.skipChildren();
      }
      if (!list) {
        break;
      }
      value = json.nextToken();
    }
    return values;
  }

  /** The name of the kind, for records. */
  String kind() {
    List<String> kind = columns.getOrDefault("kind", List.of());
    if (kind.size() != 1) {
      throw Problem.badParameter("kind", kind.isEmpty() ? "is required" : "must be a string");
    }
    return kind.get(0);
  }

  /** Whether only the newest row of each key of a kind is followed. */
  boolean latest() {
    List<String> latest = columns.getOrDefault("latest", List.of("false"));
    if (!latest.equals(List.of("true")) && !latest.equals(List.of("false"))) {
      throw Problem.badParameter("latest", "must be true or false");
    }
    boolean latestRows = latest.equals(List.of("true"));
    if (latestRows && (hasFrom() || integers.containsKey("last"))) {
      throw Problem.badParameter("latest", "is given beside from or last");
    }
    return latestRows;
  }

  private boolean hasFrom() {
    return texts.containsKey("from") || integers.containsKey("from");
  }

  /** The values that columns of a kind must have, by column. */
  Map<String, List<String>> filters() {
    Map<String, List<String>> filters = new LinkedHashMap<>(columns);
    filters.remove("kind");
    filters.remove("latest");
    for (String name : COLUMNS) {
      if (texts.containsKey(name)) {
        filters.put(name, List.of(String.valueOf(texts.get(name))));
      } else if (integers.containsKey(name)) {
        filters.put(name, List.of(String.valueOf(integers.get(name))));
      }
    }
    return filters;
  }

  private void field(JsonParser json) throws IOException {
    String name = json.currentName();
    JsonToken value = json.nextToken();
    if (!KNOWN.contains(name) || value == JsonToken.START_ARRAY) {
      columns.put(name, values(name, json));
    } else if (value == JsonToken.VALUE_STRING) {
      texts.put(name, json.getText());
    } else if (value == JsonToken.VALUE_NUMBER_FLOAT && name.equals("from")) {
      texts.put(name, json.getText());
    } else if (value == JsonToken.VALUE_NUMBER_INT && json.getText().length() <= 19) {
      integers.put(name, json.getBigIntegerValue().longValue());
    } else {
      fault = Problem.badParameter(name, mustBe(name));
      json.skipChildren();
    }
  }

  private static String mustBe(String name) {
    return switch (name) {
      case "id", "last" -> "must be an integer";
      case "from" -> "must be RFC 3339 (2026-01-31T09:30:00Z) or a number in the unit";
      default -> "must be a string";
    };
  }

  private static String excerpt(String name) {
    String cut = name.length() <= 64 ? name : name.substring(0, 64) + "...";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  /** What is wrong with the message as a whole. */
  @Nullable Problem fault() {
    return fault;
  }

  /** What the client wants: {@code subscribe}, {@code unsubscribe}. */
  String type() {
    return texts.getOrDefault("t", "");
  }

  /** The client's id for the subscription, 0 to 2^53-1; null if there is no valid one. */
  @Nullable Long id() {
    Long id = integers.get("id");
    return id == null || id < 0 || id > LARGEST_ID ? null : id;
  }

  Channel channel() {
    for (Channel channel : Channel.values()) {
      if (channel.word().equals(texts.get("channel"))) {
        return channel;
      }
    }
    throw Problem.badParameter(
        "channel", "must be one of candles, trades, quotes, indicators, records");
  }

  String venue() {
    return Params.venue(required("venue"));
  }

  String symbol() {
    return Params.symbol(required("symbol"));
  }

  /** Required for indicators, and only for them. */
  Indicators indicators() {
    return IndicatorQuery.indicators(required("indicators"));
  }

  /** Required for candles and indicators, and only for them. */
  @Nullable Timeframe timeframe(Channel channel) {
    if (channel != Channel.INDICATORS && texts.containsKey("indicators")) {
      throw Problem.badParameter("indicators", "is for the channel indicators");
    }
    if (!channel.hasTimeframe()) {
      if (texts.containsKey("timeframe")) {
        throw Problem.badParameter("timeframe", "is for candles");
      }
      return null;
    }
    return Params.timeframe(required("timeframe"));
  }

  Times unit() {
    return Params.unit(texts.getOrDefault("unit", "ms"));
  }

  Start start() {
    String from = texts.get("from");
    if (from == null && integers.containsKey("from")) {
      from = String.valueOf(integers.get("from"));
    }
    Long last = integers.get("last");
    if (texts.containsKey("last") || (last != null && (last < 1 || last > Start.MOST))) {
      throw Problem.badParameter("last", "must be an integer from 1 to " + Start.MOST);
    }
    if (from != null && last != null) {
      throw Problem.badParameter("last", "is given beside from");
    }
    Long micros = from == null ? null : Params.timestamp("from", from, unit());
    if (micros != null && micros > Range.END) {
      throw Problem.badParameter("from", "must not be after 2100-01-01");
    }
    return new Start(micros, last == null ? LAST : last.intValue());
  }

  private String required(String name) {
    String text = texts.get(name);
    if (text == null) {
      throw Problem.badParameter(name, integers.containsKey(name) ? mustBe(name) : "is required");
    }
    return text;
  }
}
