package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.net.Utf8;
import dev.candlewick.record.MarketKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The formats of a REST body; all of them become the same {@link Envelope}. */
public enum RestBody {
  JSON("application/json"),
  NDJSON("application/x-ndjson"),
  CSV("text/csv");

  private final String mediaType;

  RestBody(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The format for a {@code Content-Type}; its charset, if given, must be UTF-8. */
  public static Optional<RestBody> of(@Nullable String contentType) {
    if (contentType == null) {
      return Optional.empty();
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";");
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        return Optional.empty();
      }
    }
    return Arrays.stream(values()).filter(form -> form.mediaType.equals(parts[0].trim())).findAny();
  }

  /** How to read a body: defaults come from the query string. */
  public record Reading(
      MarketKind kind,
      Envelope.Defaults defaults,
      JsonDecoder decoder,
      int maxRows,
      boolean skipsBadLines) {}

  /** Decodes a body, ignoring one leading byte order mark. */
  public Envelope decode(byte[] sent, Reading how) throws DecodeException {
    byte[] body = text(sent);
    return this == JSON
        ? how.decoder.decode(body).withDefaults(how.defaults)
        : Envelope.ofRows(
            how.defaults,
            lines(body, new MarketRows(how.kind, how.decoder), how.maxRows, how.skipsBadLines));
  }

  /** A body's bytes without a byte order mark; rejected if they are not UTF-8. */
  public static byte[] text(byte[] sent) throws DecodeException {
    if (!Utf8.valid(sent, sent.length)) {
      throw new DecodeException(Fault.MALFORMED, "not UTF-8");
    }
    return Utf8.withoutMark(sent);
  }

  /** The rows of a body with one row per line. */
  public <R> List<R> lines(byte[] body, RowReader<R> reader, int maxRows, boolean skipsBadLines)
      throws DecodeException {
    return switch (this) {
      case JSON -> throw new IllegalStateException("a JSON body has no lines");
      case NDJSON -> ndjson(body, reader, maxRows, skipsBadLines);
      case CSV ->
          new CsvRows<>(reader, skipsBadLines, maxRows)
              .read(new String(body, StandardCharsets.UTF_8));
    };
  }

  private static <R> List<R> ndjson(
      byte[] body, RowReader<R> reader, int maxRows, boolean skipsBadLines) throws DecodeException {
    List<R> rows = new ArrayList<>();
    int from = 0;
    for (int line = 1; from < body.length; line++) {
      int end = from;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      if (!isBlank(body, from, end)) {
        try {
          rows.add(reader.line(body, from, end - from));
        } catch (DecodeException e) {
          String fault = "line " + line + ": " + e.detail();
          if (!skipsBadLines) {
            throw new DecodeException(e.fault, fault);
          }
          rows.add(reader.unreadable(fault));
        }
        if (rows.size() > maxRows) {
          throw new DecodeException(Fault.TOO_LARGE, "more than " + maxRows + " rows");
        }
      }
      from = end + 1;
    }
    return rows;
  }

  private static boolean isBlank(byte[] body, int from, int end) {
    for (int i = from; i < end; i++) {
      if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
