package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.decode.Envelope.TimeUnit;
import dev.candlewick.ingest.row.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message as feeds usually write it in a third of the time: known fields once each, numbers
 * of at most 15 digits without exponent, short ASCII texts without escapes, no lists in rows,
 * whole-number times. Anything else, valid or not, is left to {@link JsonDecoder}.
 */
final class PlainJson {
  private static final int MAX_TEXT = 200;
  private static final int MAX_WHOLE = 18;

  /** So many digits divided by a power of ten are rounded only once. */
  private static final int MAX_DECIMAL = 15;

  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private static final Field[] FIELDS = Field.values();
  private static final byte[][] WORDS = new byte[FIELDS.length][];

  static {
    for (Field field : FIELDS) {
      WORDS[field.ordinal()] = field.word.getBytes(StandardCharsets.US_ASCII);
    }
  }

  private final byte[] json;
  private final int maxRows;
  private int at;

  private PlainJson(byte[] json, int maxRows) {
    this.json = json;
    this.maxRows = maxRows;
  }

  /** It is written differently. */
  private static final class NotPlainException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final NotPlainException ONE = new NotPlainException();

    private NotPlainException() {
      super("not plain", null, false, false);
    }
  }

  /** The message, or null if it is not plain. */
  static @Nullable Envelope read(byte[] json, int maxRows) {
    try {
      return new PlainJson(json, maxRows).envelope();
    } catch (NotPlainException | ArrayIndexOutOfBoundsException otherwise) {
      return null;
    }
  }

  private Envelope envelope() throws NotPlainException {
    String type = null;
    String stream = null;
    String venue = null;
    String symbol = null;
    String timeframe = null;
    TimeUnit unit = null;
    long seq = -1;
    long version = -1;
    List<RawRow> rows = null;
    take('{');
    do {
      take('"');
      String name = text();
      take(':');
      boolean first =
          switch (name) {
            case "t" -> type == null && (type = quoted()) != null;
            case "stream" -> stream == null && (stream = quoted()) != null;
            case "venue" -> venue == null && (venue = quoted()) != null;
            case "symbol" -> symbol == null && (symbol = quoted()) != null;
            case "timeframe" -> timeframe == null && (timeframe = quoted()) != null;
            case "unit" -> unit == null && (unit = TimeUnit.of(quoted())) != null;
            case "seq" -> seq < 0 && (seq = counted()) > 0;
            case "v" -> version < 0 && (version = counted()) > 0;
            case "rows" -> rows == null && (rows = rows()) != null;
            default -> false;
          };
      if (!first) {
        throw NotPlainException.ONE;
      }
    } while (goesOn('}'));
    skipSpace();
    if (at != json.length) {
      throw NotPlainException.ONE;
    }
    return new Envelope(
        type, seq, version, stream, null, new Defaults(venue, symbol, timeframe, unit), rows);
  }

  private List<RawRow> rows() throws NotPlainException {
    List<RawRow> rows = new ArrayList<>();
    take('[');
    do {
      rows.add(row());
      if (rows.size() > maxRows) {
        throw NotPlainException.ONE;
      }
    } while (goesOn(']'));
    return rows;
  }

  private RawRow row() throws NotPlainException {
    RawRow row = new RawRow();
    take('{');
    do {
      take('"');
      Field field = field();
      take(':');
      Object value = value();
      boolean isFraction = field == Field.TS && value instanceof Double;
      if (isFraction || !row.put(field, value)) {
        throw NotPlainException.ONE;
      }
    } while (goesOn('}'));
    return row;
  }

  private Field field() throws NotPlainException {
    int from = at;
    while (json[at] != '"') {
      at++;
    }
    int length = at++ - from;
    for (int i = 0; i < WORDS.length; i++) {
      if (WORDS[i].length == length && stands(WORDS[i], from)) {
        return FIELDS[i];
      }
    }
    throw NotPlainException.ONE;
  }

  private boolean stands(byte[] word, int from) {
    for (int i = 0; i < word.length; i++) {
      if (json[from + i] != word[i]) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Object value() throws NotPlainException {
    skipSpace();
    switch (json[at]) {
      case '"':
        at++;
        return text();
      case 't':
        return word("true", Boolean.TRUE);
      case 'f':
        return word("false", Boolean.FALSE);
      case 'n':
        return word("null", null);
      default:
        return number();
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) throws NotPlainException {
    for (int i = 0; i < word.length(); i++) {
      if (json[at++] != word.charAt(i)) {
        throw NotPlainException.ONE;
      }
    }
    return value;
  }

  /** A long, or a double if there is a point. What follows must end it. */
  private Object number() throws NotPlainException {
    boolean negative = json[at] == '-';
    int from = negative ? ++at : at;
    long digits = digits();
    int whole = at - from;
    if (whole == 0 || (whole > 1 && json[from] == '0')) {
      throw NotPlainException.ONE;
    }
    if (json[at] != '.') {
      if (negative && digits == 0) {
        throw NotPlainException.ONE;
      }
      return negative ? -digits : digits;
    }
    at++;
    int point = at;
    for (; json[at] >= '0' && json[at] <= '9' && at - point < MAX_DECIMAL; at++) {
      digits = 10 * digits + json[at] - '0';
    }
    int decimals = at - point;
    if (decimals == 0 || digits == 0 || whole + decimals > MAX_DECIMAL) {
      throw NotPlainException.ONE;
    }
    double value = digits / POWERS[decimals];
    return negative ? -value : value;
  }

  private long digits() throws NotPlainException {
    long digits = 0;
    for (int from = at; json[at] >= '0' && json[at] <= '9'; at++) {
      if (at - from == MAX_WHOLE) {
        throw NotPlainException.ONE;
      }
      digits = 10 * digits + json[at] - '0';
    }
    return digits;
  }

  private long counted() throws NotPlainException {
    skipSpace();
    long number = number() instanceof Long whole ? whole : -1;
    if (number < 1 || number > JsonDecoder.MAX_SEQ) {
      throw NotPlainException.ONE;
    }
    return number;
  }

  private String quoted() throws NotPlainException {
    take('"');
    return text();
  }

  /** The text up to the next quote. */
  private String text() throws NotPlainException {
    int from = at;
    for (; json[at] != '"'; at++) {
      if (json[at] < ' ' || json[at] == '\\') {
        throw NotPlainException.ONE;
      }
    }
    if (at - from > MAX_TEXT) {
      throw NotPlainException.ONE;
    }
    return new String(json, from, at++ - from, StandardCharsets.ISO_8859_1);
  }

  /** Whether a comma follows rather than the end. */
  private boolean goesOn(char end) throws NotPlainException {
    skipSpace();
    if (json[at] == end) {
      at++;
      return false;
    }
    take(',');
    return true;
  }

  private void take(char due) throws NotPlainException {
    skipSpace();
    if (json[at] != due) {
      throw NotPlainException.ONE;
    }
    at++;
  }

  private void skipSpace() {
    while (at < json.length
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
  }
}
