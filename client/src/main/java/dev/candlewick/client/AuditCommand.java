package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code candlewick audit}: a server's own checks of what it stores.
 *
 * <p>Exit code 0: all passed; 1: one failed, or the server cannot be reached; 2: the command line
 * is wrong.
 */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Checks what a server holds: duplicates, gaps, outliers, candles against trades.",
    footer = {
      "",
      "Prints one line per check, and what failed. The API key is read from CANDLEWICK_API_KEY in"
          + " the environment."
    })
public final class AuditCommand implements Callable<Integer> {
  private static final JsonFactory JSON = new JsonFactory();

  /** Years of many instruments take minutes. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final @Nullable String apiKey;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--venue", description = "One venue. Default: all.")
  private @Nullable String venue;

  @Option(names = "--symbol", description = "One symbol of the venue. Default: all.")
  private @Nullable String symbol;

  @Option(names = "--from", description = "First time, RFC 3339. Default: all that is held.")
  private @Nullable String from;

  @Option(names = "--to", description = "Up to this time, exclusive. Default: all that is held.")
  private @Nullable String to;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  private Format format = Format.text;

  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:8080",
      description = "The server. Default: ${DEFAULT-VALUE}")
  private URI url = URI.create("");

  /** The output format: json exactly as the server returns it. */
  enum Format {
    text,
    json
  }

  /** A command that authenticates with {@code apiKey}; null if the server has no keys. */
  public AuditCommand(@Nullable String apiKey) {
    this.apiKey = apiKey;
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec said = Objects.requireNonNull(spec, "picocli sets it");
    PrintWriter out = said.commandLine().getOut();
    try {
      String answer = new Api(url, apiKey, PATIENCE).get("/v1/audit", parameters()).body();
      StringBuilder text = new StringBuilder();
      int failed = read(answer, text);
      out.print(format == Format.json ? answer + "\n" : text);
      out.flush();
      return failed == 0 ? 0 : 1;
    } catch (IOException e) {
      String what = e.getMessage() == null ? "cannot reach " + url : e.getMessage();
      said.commandLine().getErr().println("audit: " + what);
      said.commandLine().getErr().flush();
      return 1;
    }
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    put(parameters, "venue", venue);
    put(parameters, "symbol", symbol);
    put(parameters, "from", from);
    put(parameters, "to", to);
    return parameters;
  }

  private static void put(Map<String, String> parameters, String name, @Nullable String value) {
    if (value != null) {
      parameters.put(name, value);
    }
  }

  /** Prints the checks as text; returns how many failed. */
  private static int read(String answer, StringBuilder text) throws IOException {
    int checks = 0;
    int failed = 0;
    try (JsonParser json = JSON.createParser(answer)) {
      Map<String, String> check = new LinkedHashMap<>();
      StringBuilder examples = new StringBuilder();
      while (json.nextToken() != null) {
        int depth = depth(json);
        if (json.currentToken() == JsonToken.START_OBJECT && depth == 3) {
          check.clear();
          examples.setLength(0);
        } else if (json.currentToken().isScalarValue() && depth == 3) {
          check.put(json.currentName(), json.getText());
        } else if (json.currentToken() == JsonToken.START_OBJECT && depth == 5) {
          examples.append("          ").append(example(json)).append('\n');
        } else if (json.currentToken() == JsonToken.END_OBJECT && depth == 2) {
          checks++;
          failed += "fail".equals(check.get("status")) ? 1 : 0;
          text.append(line(check)).append(examples);
        }
      }
    }
    text.append(
        failed == 0
            ? "all " + checks + " checks passed or had nothing to look at\n"
            : failed + " of " + checks + " checks failed\n");
    return failed;
  }

  private static int depth(JsonParser json) {
    int depth = 0;
    for (var at = json.getParsingContext(); !at.inRoot(); at = at.getParent()) {
      depth++;
    }
    return depth;
  }

  private static String line(Map<String, String> check) {
    boolean failed = "fail".equals(check.get("status"));
    return "%-8s  %-32s %12s looked at%s%n"
        .formatted(
            check.get("status"),
            check.get("name"),
            check.get("looked_at"),
            failed ? ", " + check.get("failures") + " failed: " + check.get("means") : "");
  }

  private static String example(JsonParser json) throws IOException {
    Map<String, String> example = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      if (json.currentToken().isScalarValue()) {
        example.put(json.currentName(), json.getText());
      }
    }
    String instrument =
        example.containsKey("venue")
            ? example.get("venue") + ":" + example.get("symbol") + " "
            : "";
    Instant at = Instant.ofEpochMilli(Long.parseLong(example.getOrDefault("ts", "0")));
    return instrument + at + " " + example.get("detail");
  }
}
