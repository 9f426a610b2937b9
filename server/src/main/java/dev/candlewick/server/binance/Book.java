package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order book's latest state.
 *
 * @param id the feed's own number for this state, or its time in milliseconds
 * @param bids the best, i.e. highest, first
 * @param asks the best, i.e. lowest, first
 */
record Book(long id, List<Level> bids, List<Level> asks) {
  /** For a market without any book. */
  static final Book NONE = new Book(0, List.of(), List.of());

  private static final JsonFactory JSON = new JsonFactory();

  /** A price and the size bid or asked at it. */
  record Level(BigDecimal price, BigDecimal size) {}

  Book {
    bids = bids.stream().sorted(Comparator.comparing(Level::price).reversed()).toList();
    asks = asks.stream().sorted(Comparator.comparing(Level::price)).toList();
  }

  /** From a row of the kind {@code books}; {@code ts} in microseconds, sides as JSON. */
  static Book of(long ts, @Nullable Long id, @Nullable String bids, @Nullable String asks) {
    return new Book(id == null ? ts / 1_000 : id, levels(bids), levels(asks));
  }

  private static List<Level> levels(@Nullable String side) {
    List<Level> levels = new ArrayList<>();
    if (side == null) {
      return levels;
    }
    try (JsonParser json = JSON.createParser(side)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.START_ARRAY) {
        json.nextToken();
        BigDecimal price = new BigDecimal(json.getText());
        json.nextToken();
        levels.add(new Level(price, new BigDecimal(json.getText())));
        json.nextToken();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what is stored as levels is JSON", e);
    }
    return levels;
  }

  /** Writes so many levels of each side. */
  void write(JsonGenerator json, int limit) throws IOException {
    json.writeStartObject();
    json.writeNumberField("lastUpdateId", id);
    side(json, "bids", bids, limit);
    side(json, "asks", asks, limit);
    json.writeEndObject();
  }

  private static void side(JsonGenerator json, String name, List<Level> levels, int limit)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Level level : levels.subList(0, Math.min(limit, levels.size()))) {
      json.writeStartArray();
      json.writeString(Decimals.text(level.price().doubleValue()));
      json.writeString(Decimals.text(level.size().doubleValue()));
      json.writeEndArray();
    }
    json.writeEndArray();
  }
}
