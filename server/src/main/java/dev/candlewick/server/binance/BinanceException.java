package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.net.Problem;
import java.io.IOException;

/** A rejected request, in Binance's words. */
final class BinanceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int UNKNOWN = -1000;
  private static final int DISCONNECTED = -1001;
  private static final int TOO_MANY_REQUESTS = -1003;
  private static final int TIMEOUT = -1007;
  private static final int UNSUPPORTED = -1020;
  private static final int ILLEGAL_CHARACTERS = -1100;
  private static final int DUPLICATE = -1101;
  private static final int MISSING = -1102;
  private static final int NOT_READ = -1104;
  private static final int BAD_INTERVAL = -1120;
  private static final int BAD_SYMBOL = -1121;
  private static final int BAD_COMBINATION = -1128;
  private static final int NOT_VALID = -1130;
  private static final int INVALID_KEY = -2015;

  private final int code;

  BinanceException(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** An error of the request or the server for which Binance has no code. */
  static BinanceException of(Problem problem) {
    int code =
        switch (problem.status()) {
          case 401, 403 -> INVALID_KEY;
          case 404, 405 -> UNSUPPORTED;
          case 408 -> TIMEOUT;
          case 429 -> TOO_MANY_REQUESTS;
          case 503 -> DISCONNECTED;
          default -> UNKNOWN;
        };
    return new BinanceException(code, problem.detail());
  }

  /** The store cannot be reached at the moment. */
  static BinanceException unavailable() {
    return new BinanceException(DISCONNECTED, "Not available at the moment, please try again.");
  }

  /** Writes {@code {"code","msg"}}. */
  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    writeFields(json);
    json.writeEndObject();
  }

  /** Writes the same into an object with other fields. */
  void writeFields(JsonGenerator json) throws IOException {
    json.writeNumberField("code", code);
    json.writeStringField("msg", getMessage());
  }

  static BinanceException badSymbol() {
    return new BinanceException(BAD_SYMBOL, "Invalid symbol.");
  }

  static BinanceException badInterval() {
    return new BinanceException(BAD_INTERVAL, "Invalid interval.");
  }

  static BinanceException missing(String name) {
    return new BinanceException(
        MISSING, "Mandatory parameter '" + name + "' was not sent, was empty/null, or malformed.");
  }

  static BinanceException illegalCharacters(String name, String legal) {
    return new BinanceException(
        ILLEGAL_CHARACTERS,
        "Illegal characters found in parameter '" + name + "'; legal range is '" + legal + "'.");
  }

  static BinanceException duplicate(String name) {
    return new BinanceException(DUPLICATE, "Duplicate values for parameter '" + name + "'.");
  }

  static BinanceException notRead(int read, int sent) {
    return new BinanceException(
        NOT_READ,
        "Not all sent parameters were read; read '%d' parameter(s) but was sent '%d'."
            .formatted(read, sent));
  }

  static BinanceException notValid(String name) {
    return new BinanceException(NOT_VALID, "Data sent for parameter '" + name + "' is not valid.");
  }

  static BinanceException badCombination() {
    return new BinanceException(BAD_COMBINATION, "Combination of optional parameters invalid.");
  }
}
