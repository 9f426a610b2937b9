package dev.candlewick.ingest;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.candlewick.Utf8;
import dev.candlewick.ingest.DecodeException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
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

  /** Decodes a body; {@code defaults} are those of the query string. */
  Envelope decode(byte[] body, Envelope.Defaults defaults, JsonDecoder decoder, int maxRows)
      throws DecodeException {
    if (!Utf8.valid(body, body.length)) {
      throw new DecodeException(Fault.MALFORMED, "not UTF-8");
    }
    return switch (this) {
      case JSON -> decoder.decode(body).withDefaults(defaults);
      case NDJSON -> Envelope.ofRows(defaults, ndjson(body, decoder, maxRows));
      case CSV -> Envelope.ofRows(defaults, csv(body, maxRows));
    };
  }

  private static List<RawRow> ndjson(byte[] body, JsonDecoder decoder, int maxRows)
      throws DecodeException {
    List<RawRow> rows = new ArrayList<>();
    int from = 0;
    for (int line = 1; from < body.length; line++) {
      int end = from;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      if (!isBlank(body, from, end)) {
        try {
          rows.add(decoder.decodeRow(body, from, end - from));
        } catch (DecodeException e) {
          throw new DecodeException(e.fault, "line " + line + ": " + e.detail());
        }
        limit(rows, maxRows);
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

  private static List<RawRow> csv(byte[] body, int maxRows) throws DecodeException {
    List<RawRow> rows = new ArrayList<>();
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      Iterator<CsvRecord> records =
          CsvReader.builder().commentStrategy(CommentStrategy.NONE).ofCsvRecord(text).iterator();
      if (!records.hasNext()) {
        throw new DecodeException(Fault.MALFORMED, "a header line of field names is due");
      }
      List<String> header = records.next().getFields();
      while (records.hasNext()) {
        CsvRecord line = records.next();
        if (line.getFieldCount() != header.size()) {
          throw new DecodeException(
              Fault.MALFORMED,
              "line " + line.getStartingLineNumber() + " has not the fields of the header line");
        }
        rows.add(csvRow(header, line));
        limit(rows, maxRows);
      }
    } catch (CsvParseException e) {
      throw new DecodeException(Fault.MALFORMED, "not CSV: " + Rejection.excerpt(e.toString()));
    }
    return rows;
  }

  /** Cells are text; those that must be numbers or truths elsewhere are made so here. */
  private static RawRow csvRow(List<String> header, CsvRecord line) throws DecodeException {
    RawRow row = new RawRow();
    for (int i = 0; i < header.size(); i++) {
      String cell = line.getField(i);
      Field field = Field.of(header.get(i));
      if (field == null) {
        row.putUnknown(header.get(i));
      } else if (!row.put(field, cell.isEmpty() ? null : csvValue(field, cell))) {
        throw new DecodeException(
            Fault.MALFORMED, "the field " + header.get(i) + " stands twice in the header line");
      }
    }
    return row;
  }

  private static Object csvValue(Field field, String cell) {
    return switch (field) {
      case TS -> cell.matches("-?[0-9]{1,18}") ? (Object) Long.valueOf(cell) : cell;
      case CLOSED ->
          cell.equals("true") ? Boolean.TRUE : cell.equals("false") ? Boolean.FALSE : (Object) cell;
      case FLAGS -> List.of(cell.split("[ |]+"));
      default -> cell;
    };
  }

  private static void limit(List<RawRow> rows, int maxRows) throws DecodeException {
    if (rows.size() > maxRows) {
      throw new DecodeException(Fault.TOO_LARGE, "more than " + maxRows + " rows");
    }
  }
}
