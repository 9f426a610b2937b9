package dev.candlewick.ingest;

import dev.candlewick.ingest.DecodeException.Fault;
import dev.candlewick.net.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The forms of a REST body; all of them become the same {@link Envelope}. */
enum RestBody {
  JSON("application/json"),
  NDJSON("application/x-ndjson"),
  CSV("text/csv");

  private final String mediaType;

  RestBody(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The form of a {@code Content-Type}; its charset, if it names one, must be UTF-8. */
  static Optional<RestBody> of(@Nullable String contentType) {
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

  /** How a body is read: defaults are those of the query string. */
  record Reading(
      Kind kind,
      Envelope.Defaults defaults,
      JsonDecoder decoder,
      int maxRows,
      boolean skipsBadLines) {}

  /** Decodes a body, of which one byte order mark is passed over. */
  Envelope decode(byte[] sent, Reading how) throws DecodeException {
    if (!Utf8.valid(sent, sent.length)) {
      throw new DecodeException(Fault.MALFORMED, "not UTF-8");
    }
    byte[] body = Utf8.withoutMark(sent);
    return switch (this) {
      case JSON -> how.decoder.decode(body).withDefaults(how.defaults);
      case NDJSON -> Envelope.ofRows(how.defaults, ndjson(body, how));
      case CSV ->
          Envelope.ofRows(
              how.defaults,
              new CsvRows(how.kind, how.skipsBadLines, how.maxRows)
                  .read(new String(body, StandardCharsets.UTF_8)));
    };
  }

  private static List<RawRow> ndjson(byte[] body, Reading how) throws DecodeException {
    List<RawRow> rows = new ArrayList<>();
    int from = 0;
    for (int line = 1; from < body.length; line++) {
      int end = from;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      if (!isBlank(body, from, end)) {
        try {
          rows.add(how.decoder.decodeRow(body, from, end - from));
        } catch (DecodeException e) {
          String fault = "line " + line + ": " + e.detail();
          if (!how.skipsBadLines) {
            throw new DecodeException(e.fault, fault);
          }
          rows.add(RawRow.unreadable(fault));
        }
        if (rows.size() > how.maxRows) {
          throw new DecodeException(Fault.TOO_LARGE, "more than " + how.maxRows + " rows");
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
