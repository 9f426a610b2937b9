package dev.candlewick.server.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.net.Problem;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.indicator.IndicatorQuery;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Times;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client's message, field by field; {@link Problem} where one is not as it must be. */
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

  private static final long LARGEST_ID = (1L << 53) - 1;
  private static final int LAST = 500;

  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Long> integers = new HashMap<>();
  private @Nullable Problem fault;

  private Request() {}

  /**
   * Reads a message. One of wrong content is read nonetheless; {@link #fault} tells.
   *
   * @throws JsonProcessingException if it is not one JSON object in UTF-8
   */
  static Request parse(byte[] message) throws IOException {
    Request request = new Request();
    try (JsonParser json = JSON.createParser(message)) {
      JsonToken first = json.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new JsonParseException(json, "an object is due");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        request.field(json);
      }
      if (json.nextToken() != null) {
        throw new JsonParseException(json, "one object is due");
      }
    }
    return request;
  }

  private void field(JsonParser json) throws IOException {
    String name = json.currentName();
    JsonToken value = json.nextToken();
    if (!KNOWN.contains(name)) {
      fault = Problem.badParameter(excerpt(name), "is no field here");
      json.skipChildren();
    } else if (value == JsonToken.VALUE_STRING) {
      texts.put(name, json.getText());
    } else if (value == JsonToken.VALUE_NUMBER_FLOAT && name.equals("from")) {
      texts.put(name, json.getText());
    } else if (value == JsonToken.VALUE_NUMBER_INT && json.getText().length() <= 19) {
      integers.put(name, json.getBigIntegerValue().longValue());
    } else {
      fault = Problem.badParameter(name, "must be a text or an integer");
      json.skipChildren();
    }
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

  /** The client's name for the subscription, 0 to 2^53-1; null if there is none of that sort. */
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
    throw Problem.badParameter("channel", "must be one of candles, trades, quotes, indicators");
  }

  String venue() {
    return Params.venue(required("venue"));
  }

  String symbol() {
    return Params.symbol(required("symbol"));
  }

  /** Required for indicators, and for them alone. */
  Indicators indicators() {
    return IndicatorQuery.indicators(required("indicators"));
  }

  /** Due for candles and indicators, and for them alone. */
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
    return new Start(micros, last == null ? LAST : last.intValue());
  }

  private String required(String name) {
    String text = texts.get(name);
    if (text == null) {
      throw Problem.badParameter(name, "must be there, a text");
    }
    return text;
  }
}
