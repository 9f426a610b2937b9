package dev.candlewick.ingest.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.decode.Envelope.TimeUnit;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.JsonValue;
import dev.candlewick.ingest.row.Numeral;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.net.JsonFault;
import dev.candlewick.record.EpochTime;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Step 3 of the write path: bytes to rows as they were written. Knows JSON and the field names, but
 * no rule about values. Stateless and thread-safe.
 */
public final class JsonDecoder {
  static final long MAX_SEQ = (1L << 53) - 1;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonValue.DEPTH)
                  .maxNumberLength(Numeral.LONGEST)
                  .maxStringLength(65_536)
                  .maxNameLength(256)
                  .build())
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .build();

  /** NaN and the infinities, which some encoders write as numbers. */
  private static final JsonParser.Feature NOT_FINITE =
      JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature();

  /** How many unknown fields of one object are skipped in order to find what else is wrong. */
  private static final int MOST_UNKNOWN = 64;

  private final int maxRows;
  private final boolean headsOnly;

  public JsonDecoder(int maxRows) {
    this(maxRows, false);
  }

  private JsonDecoder(int maxRows, boolean headsOnly) {
    this.maxRows = maxRows;
    this.headsOnly = headsOnly;
  }

  /** Skips rows: a {@link RecordDecoder} will read them. */
  public static JsonDecoder ofHeads(int maxRows) {
    return new JsonDecoder(maxRows, true);
  }

  /** Decodes one frame or body: a JSON object of header fields and {@code rows}. */
  public Envelope decode(byte[] json) throws DecodeException {
    Envelope plain = PlainJson.read(json, maxRows);
    return plain == null ? decodeAny(json) : plain;
  }

  /** The same, whatever the formatting. */
  public Envelope decodeAny(byte[] json) throws DecodeException {
    try (JsonParser in = open(json, 0, json.length)) {
      Reading reading = new Reading();
      if (in.nextToken() == JsonToken.START_OBJECT) {
        reading.object(in);
      } else {
        reading.refuse("expected a JSON object");
        in.skipChildren();
      }
      expectEnd(in);
      return reading.envelope();
    } catch (JsonProcessingException e) {
      throw new DecodeException(Fault.MALFORMED, JsonFault.of(e));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  /** Decodes one line of NDJSON: a single row. */
  public RawRow decodeRow(byte[] json, int from, int length) throws DecodeException {
    try (JsonParser in = open(json, from, length)) {
      in.nextToken();
      RawRow row = row(in);
      expectEnd(in);
      return row;
    } catch (JsonProcessingException e) {
      throw new DecodeException(Fault.MALFORMED, JsonFault.of(e));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private static JsonParser open(byte[] json, int from, int length)
      throws IOException, DecodeException {
    return JSON.createParser(json, from, length);
  }

  private static void expectEnd(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() == null) {
      throw new DecodeException(Fault.MALFORMED, "no JSON at all");
    }
    if (in.nextToken() != null) {
      throw new DecodeException(Fault.MALFORMED, "unexpected text after the JSON value");
    }
  }

  /**
   * A frame or body being read. Complaints about its shape wait until the end: invalid JSON is
   * reported first.
   */
  private final class Reading {
    private final Set<String> seen = new HashSet<>();
    private @Nullable String problem;
    private @Nullable String type;
    private @Nullable String stream;
    private @Nullable String kind;
    private @Nullable String venue;
    private @Nullable String symbol;
    private @Nullable String timeframe;
    private @Nullable TimeUnit unit;
    private long seq = -1;
    private long version = -1;
    private @Nullable List<RawRow> rows;

    void refuse(String what) {
      if (problem == null) {
        problem = what;
      }
    }

    void object(JsonParser in) throws IOException, DecodeException {
      int unknown = 0;
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        switch (name) {
          case "t" -> type = text(in, name);
          case "stream" -> stream = text(in, name);
          case "kind" -> kind = text(in, name);
          case "venue" -> venue = text(in, name);
          case "symbol" -> symbol = text(in, name);
          case "timeframe" -> timeframe = text(in, name);
          case "unit" -> unit(text(in, name));
          case "seq" -> seq = whole(in, name);
          case "v" -> version = whole(in, name);
          case "rows" -> rows(in);
          default -> {
            refuse("unknown field " + Rejection.excerpt(name));
            limitUnknown(++unknown);
            in.skipChildren();
            continue;
          }
        }
        if (!seen.add(name)) {
          throw new DecodeException(Fault.MALFORMED, "duplicate field " + name);
        }
      }
    }

    private @Nullable String text(JsonParser in, String name) throws IOException {
      if (in.currentToken() == JsonToken.VALUE_STRING) {
        return in.getText();
      }
      if (in.currentToken() != JsonToken.VALUE_NULL) {
        refuse(name + " must be a string");
        in.skipChildren();
      }
      return null;
    }

    private void unit(@Nullable String word) {
      unit = word == null ? null : TimeUnit.of(word);
      if (word != null && unit == null) {
        refuse("unit must be one of s, ms, us, ns");
      }
    }

    private long whole(JsonParser in, String name) throws IOException {
      if (in.currentToken() == JsonToken.VALUE_NUMBER_INT
          && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER
          && in.getLongValue() >= 1
          && in.getLongValue() <= MAX_SEQ) {
        return in.getLongValue();
      }
      refuse(name + " must be a whole number from 1 to 2^53-1");
      in.skipChildren();
      return -1;
    }

    private void rows(JsonParser in) throws IOException, DecodeException {
      if (in.currentToken() != JsonToken.START_ARRAY) {
        refuse("rows must be an array");
        in.skipChildren();
        return;
      }
      if (headsOnly || RowType.RECORDS.word().equals(type)) {
        in.enable(NOT_FINITE);
        in.skipChildren();
        in.disable(NOT_FINITE);
        rows = List.of();
        return;
      }
      List<RawRow> list = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        list.add(row(in));
        if (list.size() > maxRows) {
          throw new DecodeException(Fault.TOO_LARGE, "more than " + maxRows + " rows");
        }
      }
      rows = list;
    }

    Envelope envelope() throws DecodeException {
      if (problem != null) {
        throw new DecodeException(Fault.BAD_MESSAGE, problem);
      }
      return new Envelope(
          type, seq, version, stream, kind, new Defaults(venue, symbol, timeframe, unit), rows);
    }
  }

  private static RawRow row(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      in.skipChildren();
      return RawRow.NOT_AN_OBJECT;
    }
    RawRow row = new RawRow();
    // In a row they make that row invalid; anywhere else they are not JSON.
    in.enable(NOT_FINITE);
    int unknown = 0;
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      Field field = Field.of(name);
      in.nextToken();
      if (field == null) {
        row.putUnknown(name);
        limitUnknown(++unknown);
        in.skipChildren();
      } else if (!row.put(field, field == Field.TS ? time(in) : value(in))) {
        row.putTwice(name);
      }
    }
    in.disable(NOT_FINITE);
    return row;
  }

  /** A time that is a number with a fraction or an exponent keeps all its digits. */
  private static @Nullable Object time(JsonParser in) throws IOException {
    Object value = value(in);
    if (!in.currentToken().isNumeric() || value instanceof Long) {
      return value;
    }
    BigDecimal number = EpochTime.number(in.getText());
    return number == null ? RawRow.OTHER : number;
  }

  private static void limitUnknown(int unknown) throws DecodeException {
    if (unknown > MOST_UNKNOWN) {
      throw new DecodeException(
          Fault.BAD_MESSAGE, "more than " + MOST_UNKNOWN + " unknown fields in one object");
    }
  }

  private static @Nullable Object value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> in.getText();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NUMBER_INT ->
          in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? in.getText()
              : (Object) in.getLongValue();
      case VALUE_NUMBER_FLOAT -> decimal(in);
      case START_ARRAY -> words(in);
      default -> {
        in.skipChildren();
        yield RawRow.OTHER;
      }
    };
  }

  /**
   * The number; or, if a double would be 0 for something that is not 0, the text, so that it is
   * rejected.
   */
  private static Object decimal(JsonParser in) throws IOException {
    if (in.isNaN()) {
      return Double.NaN;
    }
    double number = in.getDoubleValue();
    return number == 0 ? in.getText() : (Object) number;
  }

  private static Object words(JsonParser in) throws IOException {
    List<String> words = new ArrayList<>();
    boolean onlyStrings = true;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() == JsonToken.VALUE_STRING && words.size() < 16) {
        words.add(in.getText());
      } else {
        onlyStrings = false;
        in.skipChildren();
      }
    }
    return onlyStrings ? words : RawRow.OTHER;
  }
}
