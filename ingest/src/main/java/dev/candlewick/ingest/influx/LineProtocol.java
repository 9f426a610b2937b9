package dev.candlewick.ingest.influx;

import dev.candlewick.ingest.influx.Point.Stamp;
import dev.candlewick.ingest.row.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads line protocol: {@code measurement[,tag=value...] field=value[,field=value...] [time]}, with
 * the field types of InfluxDB and, in text, of QuestDB. Knows nothing of trades.
 */
final class LineProtocol {
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  private static final Pattern NOT_FINITE = Pattern.compile("[-+]?(NaN|Inf|Infinity)");
  private static final Pattern TYPED = Pattern.compile("[-+]?[0-9]+[iutn]");
  private static final Pattern TIME = Pattern.compile("-?[0-9]+");
  private static final long MICRO = 1_000;
  private static final int LONGEST_NUMBER = 200;
  private static final char END = '\n';

  private final String text;
  private int at;
  private int line = 1;
  private int pointLine;

  private LineProtocol(String text) {
    this.text = text;
  }

  /**
   * The points of a body, without empty lines and comments.
   *
   * @throws LineException at the first line that does not follow the protocol
   */
  static List<Point> parse(String text) throws LineException {
    return new LineProtocol(text).points();
  }

  private List<Point> points() throws LineException {
    List<Point> points = new ArrayList<>();
    while (at < text.length()) {
      skipSpaces();
      if (peek() == '#') {
        skipComment();
      } else if (peek() != END) {
        points.add(point());
      }
      at = text.startsWith("\r", at) ? at + 2 : at + 1;
      line++;
    }
    return points;
  }

  private Point point() throws LineException {
    pointLine = line;
    int start = at;
    Map<String, Object> values = new LinkedHashMap<>();
    Set<String> decimals = new HashSet<>();
    String measurement = word("the measurement", ", ");
    while (peek() == ',') {
      at++;
      String name = name(values, "a tag");
      values.put(name, word("the value of the tag " + Rejection.excerpt(name), ", ="));
    }
    if (peek() != ' ') {
      throw wrong("fields are required after the tags");
    }
    skipSpaces();
    do {
      String name = name(values, "a field");
      boolean quoted = peek() == '"';
      Object value = value(name);
      values.put(name, value);
      if (!quoted && value instanceof String) {
        decimals.add(name);
      }
    } while (next(','));
    if (peek() != ' ' && peek() != END) {
      throw wrong("unexpected text after a field");
    }
    skipSpaces();
    Long time = time();
    return new Point(pointLine, text.substring(start, at), measurement, values, decimals, time);
  }

  /** The name of a tag or field, including the equals sign after it. */
  private String name(Map<String, Object> values, String what) throws LineException {
    String name = word("the name of " + what, ", =");
    if (!next('=')) {
      throw wrong(what + " has no value: " + Rejection.excerpt(name));
    }
    if (values.containsKey(name)) {
      throw wrong("duplicate tag or field: " + Rejection.excerpt(name));
    }
    return name;
  }

  /** Text up to one of these characters or the end of the line; a backslash escapes them. */
  private String word(String what, String stops) throws LineException {
    StringBuilder word = new StringBuilder();
    while (peek() != END && stops.indexOf(peek()) < 0) {
      if (peek() == '\\' && at + 1 < text.length() && ",= \\".indexOf(text.charAt(at + 1)) >= 0) {
        at++;
      }
      word.append(text.charAt(at++));
    }
    if (word.isEmpty()) {
      throw wrong(what + " is empty");
    }
    return word.toString();
  }

  private Object value(String name) throws LineException {
    if (peek() == '"') {
      return quoted(name);
    }
    int start = at;
    while (peek() != ',' && peek() != ' ' && peek() != END) {
      at++;
    }
    String value = text.substring(start, at);
    Object read = read(value);
    if (read == null) {
      throw wrong(
          "the field "
              + Rejection.excerpt(name)
              + " has a value of no known type: "
              + Rejection.excerpt(value));
    }
    return read;
  }

  private static @Nullable Object read(String value) {
    if (value.length() > LONGEST_NUMBER) {
      return null;
    }
    if (DECIMAL.matcher(value).matches() || NOT_FINITE.matcher(value).matches()) {
      return value;
    }
    if (TYPED.matcher(value).matches()) {
      return typed(value.substring(0, value.length() - 1), value.charAt(value.length() - 1));
    }
    return switch (value) {
      case "t", "T", "true", "True", "TRUE" -> Boolean.TRUE;
      case "f", "F", "false", "False", "FALSE" -> Boolean.FALSE;
      default -> null;
    };
  }

  private static @Nullable Object typed(String digits, char type) {
    try {
      long whole = Long.parseLong(digits);
      return switch (type) {
        case 't' -> new Stamp(Math.multiplyExact(whole, MICRO));
        case 'n' -> new Stamp(whole);
        default -> whole;
      };
    } catch (NumberFormatException | ArithmeticException beyond64Bits) {
      return type == 'u' ? digits : null;
    }
  }

  /** A string may contain line breaks; a backslash in it escapes a quote or itself. */
  private String quoted(String name) throws LineException {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c == '\\' && at < text.length() && "\"\\".indexOf(text.charAt(at)) >= 0) {
        c = text.charAt(at++);
      } else if (c == '\n') {
        line++;
      }
      value.append(c);
    }
    if (!next('"')) {
      throw wrong("the string " + Rejection.excerpt(name) + " has no closing quote");
    }
    return value.toString();
  }

  private @Nullable Long time() throws LineException {
    int start = at;
    while (peek() != ' ' && peek() != END) {
      at++;
    }
    String time = text.substring(start, at);
    skipSpaces();
    if (peek() != END) {
      throw wrong("unexpected text after the timestamp");
    }
    if (time.isEmpty()) {
      return null;
    }
    try {
      if (TIME.matcher(time).matches()) {
        return Long.valueOf(time);
      }
    } catch (NumberFormatException beyond64Bits) {
      // Reported below: it is not a time either.
    }
    throw wrong("the timestamp is not a 64-bit integer: " + Rejection.excerpt(time));
  }

  /** The current character; {@link #END} at the end of a line, however it ends, and of the body. */
  private char peek() {
    if (at >= text.length()) {
      return END;
    }
    char c = text.charAt(at);
    boolean endsLine = c == '\r' && (at + 1 == text.length() || text.charAt(at + 1) == '\n');
    return endsLine ? END : c;
  }

  private boolean next(char due) {
    boolean there = peek() == due;
    at += there ? 1 : 0;
    return there;
  }

  private void skipSpaces() {
    while (peek() == ' ') {
      at++;
    }
  }

  private void skipComment() {
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
  }

  private LineException wrong(String what) {
    return new LineException(pointLine, what);
  }
}
