package dev.candlewick.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code candlewick import KIND FILE...}: sends files of rows to a server.
 *
 * <p>Exit code 0: all rows are committed; 1: rows were rejected, or a file cannot be read or sent
 * to its end; 2: the command line is wrong.
 */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Sends files of trades, quotes or candles to a server.",
    footer = {
      "",
      "A file is NDJSON or, by its name, CSV with a header of field names; plain or",
      "gzip: the bodies that POST /v1/trades and so on take, and the files that export",
      "makes. Each file is read to its end before the first row is sent. Started again",
      "with the same files and options, it goes on where the server stands; with another",
      "--stream it sends all again: harmless for candles and for trades with ids.",
      "The API key is read from CANDLEWICK_API_KEY in the environment."
    })
public final class ImportCommand implements Callable<Integer> {
  private final @Nullable String apiKey;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "KIND", description = "trades, quotes or candles.")
  private RowKind kind = RowKind.TRADES;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files; each is its own stream.")
  private List<Path> files = List.of();

  @Option(
      names = "--url",
      defaultValue = "ws://127.0.0.1:8080/v1/ingest",
      description = "The server's ingest address. Default: ${DEFAULT-VALUE}")
  private URI url = URI.create("");

  @Option(
      names = "--stream",
      description =
          "The stream's name, for one file. Default: made from the file's name,"
              + " length and the options that shape its messages.")
  private @Nullable String stream;

  @Option(names = "--venue", description = "The venue of rows that do not say it.")
  private @Nullable String venue;

  @Option(names = "--symbol", description = "The symbol of rows that do not say it.")
  private @Nullable String symbol;

  @Option(names = "--timeframe", description = "The timeframe of candles that do not say it.")
  private @Nullable String timeframe;

  @Option(
      names = "--unit",
      defaultValue = "ms",
      description = "What integer timestamps count: s, ms, us, ns. Default: ${DEFAULT-VALUE}")
  private String unit = "";

  @Option(
      names = "--batch",
      defaultValue = "500",
      description = "Rows per message. Default: ${DEFAULT-VALUE}")
  private int batch;

  /** A command that authenticates with {@code apiKey}; null where the server has no keys. */
  public ImportCommand(@Nullable String apiKey) {
    this.apiKey = apiKey;
  }

  /** Reads all files once, then sends them at once and waits for the last. */
  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = spec().commandLine();
    RowMessages.Options options = new RowMessages.Options(kind, defaults(), batch());
    Map<String, Path> streams = FileStreams.of(files, stream, options, line);
    try {
      for (Path file : files) {
        readToItsEnd(file, options);
      }
    } catch (IOException e) {
      line.getErr().println("import: " + e.getMessage() + "; nothing was sent");
      return 1;
    }
    List<Replay> imports = new ArrayList<>();
    streams.forEach(
        (name, file) ->
            imports.add(
                new Replay(
                    file,
                    path -> new RowMessages(path, options),
                    new Replay.Target(url, apiKey, name),
                    new Pace(Double.POSITIVE_INFINITY))));
    return new ReplayRun("import", imports, line.getOut(), line.getErr()).run();
  }

  private static void readToItsEnd(Path file, RowMessages.Options options) throws IOException {
    try (RowMessages messages = new RowMessages(file, options)) {
      RecordedMessage next = messages.next();
      while (next != null) {
        next = messages.next();
      }
    }
  }

  private int batch() {
    if (batch < 1) {
      throw wrong("--batch " + batch + ": at least 1");
    }
    return batch;
  }

  private List<String> defaults() {
    if (!List.of("s", "ms", "us", "ns").contains(unit)) {
      throw wrong("--unit " + unit + ": none of s, ms, us, ns");
    }
    List<String> defaults = new ArrayList<>();
    add(defaults, "venue", venue);
    add(defaults, "symbol", symbol);
    add(defaults, "timeframe", timeframe);
    add(defaults, "unit", unit);
    return defaults;
  }

  private void add(List<String> defaults, String name, @Nullable String value) {
    if (value != null && !value.matches("[A-Za-z0-9][A-Za-z0-9._:/=+ -]{0,63}")) {
      throw wrong("--" + name + " \"" + value + "\" is none");
    }
    if (value != null) {
      defaults.add("\"" + name + "\":\"" + value + "\"");
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec().commandLine(), what);
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "picocli sets it");
  }
}
