package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.candlewick.client.format.CanonicalRow;
import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.FileRows;
import dev.candlewick.client.format.Kind;
import dev.candlewick.client.format.OtherKindException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the server knows about kinds of record. */
final class Kinds {
  private static final Logger LOG = LoggerFactory.getLogger(Kinds.class);
  private static final JsonFactory JSON = new JsonFactory();

  private Kinds() {}

  /** The kind that a command line names: trades, quotes, candles, or records and a name. */
  static Kind named(CommandSpec spec, Api api, List<String> words)
      throws IOException, InterruptedException {
    String word = words.get(0).toLowerCase(Locale.ROOT);
    for (Kind kind : Kind.MARKET) {
      if (kind.name().equals(word)) {
        return kind;
      }
    }
    if (word.equals("records")) {
      return ask(api, words.size() > 1 ? words.get(1) : "");
    }
    throw new ParameterException(
        spec.commandLine(),
        "Invalid value for positional parameter KIND: expected trades, quotes, candles or"
            + " records, not "
            + words.get(0));
  }

  /**
   * What a file contains, judging by its first row.
   *
   * @param options the description of the file, for each kind that it may be
   * @throws IOException if it cannot be told; with what is wrong with the file, if anything is
   */
  static Kind of(Path file, Function<Kind, FileOptions> options) throws IOException {
    IOException wrong = null;
    for (Kind kind : Kind.MARKET) {
      try (FileRows rows = new FileRows(file, options.apply(kind), found -> {})) {
        if (rows.next()) {
          CanonicalRow.Reading reading = CanonicalRow.Reading.of(kind, rows.defaults());
          CanonicalRow row = reading.row(rows.json());
          if (row.has(kind.fields().get(0)) || row.has("ask")) {
            return kind;
          }
        }
      } catch (IOException e) {
        LOG.debug("{} does not hold {}", file, kind, e);
        boolean isOther = e.getCause() instanceof OtherKindException;
        wrong = wrong == null && !isOther ? e : wrong;
      }
    }
    if (wrong != null) {
      throw wrong;
    }
    throw new IOException(
        "cannot tell what " + file + " holds; name trades, quotes, candles or records before it");
  }

  /**
   * The kind with its columns.
   *
   * @throws IOException if the server does not know it; the message has what it said
   */
  static Kind ask(Api api, String name) throws IOException, InterruptedException {
    String path = "/v1/kinds/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    String body = api.get(path, Map.of()).body();
    Map<String, String> types = new LinkedHashMap<>();
    List<String> key = new ArrayList<>();
    try (JsonParser in = JSON.createParser(body)) {
      in.nextToken();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String field = in.currentName();
        JsonToken value = in.nextToken();
        if (field.equals("columns") && value == JsonToken.START_ARRAY) {
          while (in.nextToken() == JsonToken.START_OBJECT) {
            column(in, types);
          }
        } else if (field.equals("key") && value == JsonToken.START_ARRAY) {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            key.add(in.getText());
          }
        } else {
          in.skipChildren();
        }
      }
    }
    return Kind.records(name, types, key);
  }

  private static void column(JsonParser in, Map<String, String> types) throws IOException {
    String name = "";
    String type = "";
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String field = in.currentName();
      in.nextToken();
      if (field.equals("name")) {
        name = in.getText();
      } else if (field.equals("type")) {
        type = in.getText();
      } else {
        in.skipChildren();
      }
    }
    types.put(name, type);
  }
}
