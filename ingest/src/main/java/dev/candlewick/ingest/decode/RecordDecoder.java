package dev.candlewick.ingest.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.row.JsonValue;
import dev.candlewick.ingest.row.Numeral;
import dev.candlewick.net.JsonFault;
import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.CsvText;
import dev.candlewick.record.Kind;
import dev.candlewick.record.Retention;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Step 3 of the write path for records: bytes to rows of a declared kind as they were written.
 * Knows the names and types of the kind's columns, but no rule about values.
 */
public final class RecordDecoder implements RowReader<RawRecord> {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonValue.DEPTH)
                  .maxNumberLength(Numeral.LONGEST)
                  .maxNameLength(256)
                  .build())
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .build();

  /** NaN and the infinities, which some encoders write as numbers. */
  private static final JsonParser.Feature NOT_FINITE =
      JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature();

  private final RawRecord.Places places;
  private final List<Column> columns;
  private final int maxRows;

  public RecordDecoder(Kind kind, int maxRows) {
    this.places = new RawRecord.Places(kind);
    this.columns = kind.columns();
    this.maxRows = maxRows;
  }

  /** The rows of a frame or body that {@link JsonDecoder} has already read. */
  public List<RawRecord> rows(byte[] json) throws DecodeException {
    try (JsonParser in = JSON.createParser(json)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean rows = in.currentName().equals("rows");
        in.nextToken();
        if (rows) {
          return rows(in);
        }
        in.skipChildren();
      }
      throw new DecodeException(Fault.BAD_MESSAGE, "rows are required");
    } catch (JsonProcessingException e) {
      throw new DecodeException(Fault.MALFORMED, JsonFault.of(e));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  /** How many rows a frame or body has, of whatever kind. */
  public static int count(byte[] json, int maxRows) throws DecodeException {
    Kind any =
        new Kind(
            "any",
            List.of("a"),
            List.of(new Column("a", ColumnType.TEXT, true, List.of(), null, null)),
            Retention.FOR_EVER,
            Duration.ofDays(1));
    return new RecordDecoder(any, maxRows).rows(json).size();
  }

  private List<RawRecord> rows(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new DecodeException(Fault.BAD_MESSAGE, "rows must be an array");
    }
    List<RawRecord> rows = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      rows.add(row(in));
      if (rows.size() > maxRows) {
        throw new DecodeException(Fault.TOO_LARGE, "more than " + maxRows + " rows");
      }
    }
    return rows;
  }

  @Override
  public RawRecord line(byte[] json, int from, int length) throws DecodeException {
    try (JsonParser in = JSON.createParser(json, from, length)) {
      in.nextToken();
      RawRecord row = row(in);
      if (in.nextToken() != null) {
        throw new DecodeException(Fault.MALFORMED, "unexpected text after the JSON value");
      }
      return row;
    } catch (JsonProcessingException e) {
      throw new DecodeException(Fault.MALFORMED, JsonFault.of(e));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private RawRecord row(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      in.skipChildren();
      return RawRecord.unreadable("a row must be an object");
    }
    long start = in.currentTokenLocation().getByteOffset();
    RawRecord row = new RawRecord(columns.size());
    // In a row they make that row invalid; anywhere else they are not JSON.
    in.enable(NOT_FINITE);
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      int place = places.of(name);
      in.nextToken();
      if (place == RawRecord.Places.NONE) {
        row.put(place, name, null);
        in.skipChildren();
      } else if (!row.put(place, name, value(in, place))) {
        row.putTwice(name);
      }
    }
    in.disable(NOT_FINITE);
    row.bytes(in.currentLocation().getByteOffset() - start);
    return row;
  }

  private @Nullable Object value(JsonParser in, int place) throws IOException {
    ColumnType type = place < 0 ? ColumnType.TIMESTAMP : columns.get(place).type();
    JsonToken token = in.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (type == ColumnType.JSON || token.isStructStart()) {
      return JsonValue.read(in);
    }
    return switch (token) {
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_FLOAT -> fraction(in, type);
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NUMBER_INT ->
          in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) new BigDecimal(in.getText())
              : (Object) in.getLongValue();
      default -> throw new IllegalStateException("unexpected character " + token);
    };
  }

  private static Object fraction(JsonParser in, ColumnType type) throws IOException {
    if (in.isNaN()) {
      return in.getDoubleValue();
    }
    if (type == ColumnType.NUMBER) {
      double nearest = in.getDoubleValue();
      // Otherwise a double does not say what was written.
      if (nearest != 0 && Double.isFinite(nearest)) {
        return nearest;
      }
    }
    BigDecimal number = Numeral.parse(in.getText());
    return number == null ? in.getText() : number;
  }

  @Override
  public String word() {
    return places.kind.name();
  }

  @Override
  public boolean knows(String field) {
    return places.of(field) != RawRecord.Places.NONE;
  }

  @Override
  public RawRecord unreadable(String fault) {
    return RawRecord.unreadable(fault);
  }

  /** A text is exactly what its cell contains, spaces included. */
  @Override
  public RawRecord cells(List<String> header, List<Cell> cells) {
    RawRecord row = new RawRecord(columns.size());
    long bytes = 0;
    for (int i = 0; i < cells.size(); i++) {
      String cell = CsvText.plain(cells.get(i).text());
      int place = places.of(header.get(i));
      boolean isText = place >= 0 && columns.get(place).type() == ColumnType.TEXT;
      String value = isText ? cell : cell.strip();
      row.put(place, header.get(i), value.isEmpty() ? null : ofText(place, value));
      bytes += cell.length();
    }
    row.bytes(bytes);
    return row;
  }

  /** Values by name, from a format that has only texts, numbers and booleans. */
  public RawRecord values(Map<String, Object> values, long nanosPerUnit) {
    RawRecord row = new RawRecord(columns.size());
    long bytes = 0;
    for (Map.Entry<String, Object> sent : values.entrySet()) {
      int place = places.of(sent.getKey());
      Object value = sent.getValue();
      if (value instanceof String text) {
        bytes += text.length();
        value = ofText(place, text);
      }
      boolean counts = place >= 0 && columns.get(place).type() == ColumnType.TIMESTAMP;
      if (counts && (value instanceof Long || value instanceof BigDecimal)) {
        BigDecimal number = new BigDecimal(value.toString());
        value = number.multiply(BigDecimal.valueOf(nanosPerUnit));
      }
      row.put(place, sent.getKey(), value);
    }
    row.bytes(bytes);
    return row;
  }

  /** What a column makes of a text in a format without types. */
  private Object ofText(int place, String cell) {
    ColumnType type = place < 0 ? ColumnType.TIMESTAMP : columns.get(place).type();
    return switch (type) {
      case BOOLEAN ->
          switch (cell.toLowerCase(Locale.ROOT)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> cell;
          };
      case JSON, LEVELS -> {
        JsonValue value = JsonValue.parse(cell);
        yield value == null ? JsonValue.NONE : value;
      }
      case TIMESTAMP -> {
        BigDecimal number = Numeral.parse(cell);
        yield number == null ? cell : number;
      }
      case TEXT, INTEGER, NUMBER, DECIMAL, VENUE, SYMBOL -> cell;
    };
  }
}
