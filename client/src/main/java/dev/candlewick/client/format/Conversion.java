package dev.candlewick.client.format;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes a cell that is not empty as a JSON value. */
@FunctionalInterface
interface Conversion {
  /**
   * Appends the value.
   *
   * @return false if the cell means no value; what was appended is then removed
   * @throws FormatException if the cell is not what the column contains
   */
  boolean write(Cells cells, int cell, StringBuilder json) throws FormatException;

  /** A price, a size: any decimal number. */
  Conversion NUMBER =
      (cells, cell, json) -> {
        if (isNumber(cells, cell)) {
          cells.appendTo(json, cell);
          return true;
        }
        String text = cells.get(cell).strip();
        if (text.equalsIgnoreCase("null")
            || text.equalsIgnoreCase("nan")
            || text.equals("\\N")
            || text.equalsIgnoreCase("none")) {
          return false;
        }
        try {
          json.append(new BigDecimal(text));
          return true;
        } catch (NumberFormatException e) {
          throw new FormatException("\"" + text + "\" is not a number");
        }
      };

  /** Databento's prices: whole numbers of 1e-9, or decimals if requested. */
  Conversion NANOS_OF_PRICE =
      (cells, cell, json) -> {
        for (int i = 0; i < cells.length(cell); i++) {
          if (cells.at(cell, i) == '.') {
            return NUMBER.write(cells, cell, json);
          }
        }
        try {
          long nanos = Long.parseLong(cells.get(cell));
          if (nanos == Long.MAX_VALUE) {
            return false;
          }
          json.append(BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString());
          return true;
        } catch (NumberFormatException e) {
          throw new FormatException("\"" + cells.get(cell) + "\" is not a price");
        }
      };

  /** Any text. */
  Conversion TEXT =
      (cells, cell, json) -> {
        appendQuoted(json, cells.get(cell));
        return true;
      };

  /** A trade's id: a number only if it is written the usual way. */
  Conversion ID =
      (cells, cell, json) -> {
        int sign = cells.at(cell, 0) == '-' ? 1 : 0;
        int digits = cells.length(cell) - sign;
        boolean zeroFirst = digits > 0 && cells.at(cell, sign) == '0';
        boolean isInteger = digits > 0 && digits <= 18 && digits(cells, cell, sign) == digits;
        if (isInteger && (!zeroFirst || (digits == 1 && sign == 0))) {
          cells.appendTo(json, cell);
        } else {
          appendQuoted(json, cells.get(cell));
        }
        return true;
      };

  /** A number if the cell is one, otherwise its text, for the server to judge. */
  Conversion AS_WRITTEN =
      (cells, cell, json) -> {
        if (!isNumber(cells, cell)) {
          return TEXT.write(cells, cell, json);
        }
        cells.appendTo(json, cell);
        return true;
      };

  /** {@code true} or {@code false}, in words or as 1 and 0. */
  Conversion TRUTH =
      (cells, cell, json) -> {
        json.append(truth(cells.get(cell)));
        return true;
      };

  /** The same, otherwise the text, for the server to judge. */
  Conversion TRUTH_OR_TEXT =
      (cells, cell, json) ->
          switch (cells.get(cell).strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "1", "false", "f", "0" -> TRUTH.write(cells, cell, json);
            default -> TEXT.write(cells, cell, json);
          };

  /** Words separated by spaces, bars or semicolons. */
  Conversion WORDS =
      (cells, cell, json) -> {
        if (cells.at(cell, 0) == '[') {
          return Conversion.JSON.write(cells, cell, json);
        }
        json.append('[');
        String between = "";
        for (String word : cells.get(cell).strip().split("[ |;]+")) {
          json.append(between);
          appendQuoted(json, word);
          between = ",";
        }
        json.append(']');
        return true;
      };

  /** JSON unchanged. */
  Conversion JSON =
      (cells, cell, json) -> {
        json.append(JsonTable.oneLine(cells.get(cell)));
        return true;
      };

  /** Whether the buyer was the maker: then the taker sold. */
  Conversion BUYER_IS_MAKER =
      (cells, cell, json) -> {
        json.append(truth(cells.get(cell)) ? "\"sell\"" : "\"buy\"");
        return true;
      };

  /** A side, in one of the words used in the field. */
  Conversion SIDE =
      (cells, cell, json) -> {
        String side = Conversion.SIDES.get(cells.get(cell).strip().toLowerCase(Locale.ROOT));
        if (side == null) {
          throw new FormatException("unknown side \"" + cells.get(cell) + "\"");
        }
        json.append(side);
        return !side.isEmpty();
      };

  /**
   * The words {@link #SIDE} knows; Databento's A is an aggressive seller, N is neither; CoinAPI
   * estimates.
   */
  Map<String, String> SIDES =
      Map.ofEntries(
          Map.entry("buy", "\"buy\""),
          Map.entry("b", "\"buy\""),
          Map.entry("bid", "\"buy\""),
          Map.entry("sell", "\"sell\""),
          Map.entry("s", "\"sell\""),
          Map.entry("a", "\"sell\""),
          Map.entry("ask", "\"sell\""),
          Map.entry("buy_estimated", "\"buy\""),
          Map.entry("sell_estimated", "\"sell\""),
          Map.entry("n", ""),
          Map.entry("none", ""),
          Map.entry("unknown", ""));

  /** A time as the server takes it; one that does not tell its zone is put into {@code zone}. */
  static Conversion timeAsWritten(ZoneId zone) {
    Times times = new Times("us", zone);
    boolean isUtc = zone.normalized().equals(ZoneOffset.UTC);
    return (cells, cell, json) -> {
      int last = cells.at(cell, cells.length(cell) - 1);
      boolean isDate = cells.length(cell) >= 10 && cells.at(cell, 4) == '-' && last != 'Z';
      if (isDate && isUtc && Times.isIso(cells, cell)) {
        times.iso(cells, cell);
        int begin = json.length();
        json.append('"');
        cells.appendTo(json, cell);
        json.append("Z\"").setCharAt(begin + 11, 'T');
        return true;
      }
      String text = isDate ? cells.get(cell) : "";
      if (!isDate || !WITHOUT_ZONE.matcher(text).matches()) {
        return AS_WRITTEN.write(cells, cell, json);
      }
      long micros = times.micros(cells, cell);
      appendQuoted(
          json,
          Instant.ofEpochSecond(
                  Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000)
              .toString());
      return true;
    };
  }

  /** A date, or a date and a time. */
  Pattern WITHOUT_ZONE =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?)?");

  /** A time, as microseconds. */
  static Conversion time(Times times) {
    return (cells, cell, json) -> {
      json.append(times.micros(cells, cell));
      return true;
    };
  }

  /** A day, and in the column {@code clock} a time of it, as microseconds. */
  static Conversion time(Times times, int clock) {
    return (cells, day, json) -> {
      json.append(times.micros(cells.get(day), cells.get(clock)));
      return true;
    };
  }

  private static boolean truth(String text) throws FormatException {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "1" -> true;
      case "false", "f", "0" -> false;
      default -> throw new FormatException("\"" + text + "\" is neither true nor false");
    };
  }

  /** A server reads no longer number in JSON. */
  int LONGEST_NUMBER = 1_000;

  /** Whether JSON writes a number like this. */
  static boolean isNumber(Cells cells, int cell) {
    int length = cells.length(cell);
    if (length > LONGEST_NUMBER) {
      return false;
    }
    int i = cells.at(cell, 0) == '-' ? 1 : 0;
    int whole = digits(cells, cell, i);
    boolean zeroFirst = whole > 1 && cells.at(cell, i) == '0';
    if (whole == 0 || zeroFirst) {
      return false;
    }
    i += whole;
    if (i < length && cells.at(cell, i) == '.') {
      int fraction = digits(cells, cell, i + 1);
      if (fraction == 0) {
        return false;
      }
      i += 1 + fraction;
    }
    if (i < length && (cells.at(cell, i) | 0x20) == 'e') {
      i++;
      if (i < length && (cells.at(cell, i) == '-' || cells.at(cell, i) == '+')) {
        i++;
      }
      int exponent = digits(cells, cell, i);
      return exponent > 0 && i + exponent == length;
    }
    return i == length;
  }

  private static int digits(Cells cells, int cell, int from) {
    int i = from;
    while (i < cells.length(cell) && cells.at(cell, i) >= '0' && cells.at(cell, i) <= '9') {
      i++;
    }
    return i - from;
  }

  /** A JSON string in ASCII, so that a message has as many bytes as characters. */
  static void appendQuoted(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
