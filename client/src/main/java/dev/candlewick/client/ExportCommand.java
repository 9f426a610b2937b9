package dev.candlewick.client;

import dev.candlewick.client.format.CsvText;
import dev.candlewick.client.format.Kind;
import dev.candlewick.client.format.Parquet;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code candlewick export KIND}: a range of a server's rows as a file that {@code import} accepts.
 *
 * <p>Exit code 0: the file is complete; 1: it could not be created, and does not exist; 2: the
 * command line is wrong.
 */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Writes trades, quotes, candles, indicators or records of a server to a file.",
    footer = {
      "",
      "The file is CSV or NDJSON, compressed if its name ends in .gz, or Parquet. import takes it"
          + " back as it is, every digit of every number included (except indicators, which follow"
          + " from candles). It appears only once it is complete. The API key is read from"
          + " CANDLEWICK_API_KEY in the environment."
    })
public final class ExportCommand implements Callable<Integer> {
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final @Nullable String apiKey;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0..1",
      hideParamSyntax = true,
      paramLabel = "KIND",
      arity = "1..2",
      description = "trades, quotes, candles, indicators, or records and their kind.")
  private List<String> words = List.of();

  @Option(
      names = {"-o", "--output"},
      description =
          "The file to write: *.csv or *.ndjson, with .gz at its end compressed; or *.parquet.")
  private Path output = Path.of("");

  @Option(names = "--venue", description = "The venue; of records not needed.")
  private @Nullable String venue;

  @Option(
      names = "--symbol",
      split = ",",
      description = "Symbols, separated by commas. Default: all of the venue.")
  private List<String> symbols = List.of();

  @Option(names = "--timeframe", description = "Of candles: 1m, 1h, 1d, ...")
  private @Nullable String timeframe;

  @Option(
      names = "--indicators",
      paramLabel = "NAME(...),...",
      description = "Of indicators: rsi(14),ema(20),macd(12,26,9), ...")
  private @Nullable String indicators;

  @Option(
      names = "--source",
      defaultValue = "auto",
      description = "Of candles: auto, built or native. Default: ${DEFAULT-VALUE}")
  private String source = "";

  @Option(
      names = "--from",
      defaultValue = "1970-01-01",
      description = "First time: RFC 3339 or a date. Default: ${DEFAULT-VALUE}")
  private String from = "";

  @Option(names = "--to", description = "Up to this time, exclusive. Default: now.")
  private @Nullable String to;

  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:8080",
      description = "The server. Default: ${DEFAULT-VALUE}")
  private URI url = URI.create("");

  /** A command that authenticates with {@code apiKey}; null if the server has no keys. */
  public ExportCommand(@Nullable String apiKey) {
    this.apiKey = apiKey;
  }

  /** Writes a temporary file next to it and renames it at the end. */
  @Override
  public Integer call() throws InterruptedException {
    check();
    PrintWriter err = spec().commandLine().getErr();
    Path part = output.resolveSibling(output.getFileName() + ".part");
    Path rows = output.resolveSibling(output.getFileName() + ".part.csv");
    try {
      Api api = new Api(url, apiKey);
      Export.Query query = query(kind(api));
      boolean parquet = name().endsWith(".parquet");
      Parquet types =
          new Parquet(query.kind(), RowWriter.fields(query.kind(), query.instrumentFields()));
      long count = write(new Export(api, query), query, parquet ? rows : part, types);
      if (parquet) {
        types.write(rows, part);
      }
      Files.move(part, output, StandardCopyOption.REPLACE_EXISTING);
      PrintWriter out = spec().commandLine().getOut();
      out.println("wrote " + count + " rows to " + output);
      out.flush();
      return 0;
    } catch (IOException e) {
      err.println("export: " + (e.getMessage() == null ? "cannot reach " + url : e.getMessage()));
      err.flush();
      part.toFile().delete();
      return 1;
    } finally {
      rows.toFile().delete();
    }
  }

  private long write(Export export, Export.Query query, Path to, Parquet types)
      throws IOException, InterruptedException {
    PrintWriter err = spec().commandLine().getErr();
    try (OutputStream file = Files.newOutputStream(to);
        OutputStream bytes = name().endsWith(".gz") ? new GZIPOutputStream(file, 1 << 16) : file;
        Writer text = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
      boolean csv = !name().matches(".*\\.ndjson(\\.gz)?");
      UnaryOperator<String> cell = name().endsWith(".parquet") ? same -> same : CsvText::guarded;
      RowWriter rows =
          new RowWriter(query.kind(), csv, text, query.instrumentFields(), cell, types::saw);
      long[] told = {System.nanoTime()};
      export.write(
          rows,
          count -> {
            if (System.nanoTime() - told[0] > PROGRESS_NANOS) {
              told[0] = System.nanoTime();
              err.printf("%,d rows%n", count);
              err.flush();
            }
          });
      rows.flush();
      return rows.rows();
    }
  }

  private Kind kind(Api api) throws IOException, InterruptedException {
    if (!isIndicators()) {
      return Kinds.named(spec(), api, words);
    }
    Map<String, String> question = new LinkedHashMap<>();
    question.put("venue", String.valueOf(venue));
    question.put("symbol", symbols.get(0));
    question.put("timeframe", String.valueOf(timeframe));
    question.put("indicators", String.valueOf(indicators));
    question.put("from", from);
    return Kind.indicators(Export.fields(api, question));
  }

  private boolean isIndicators() {
    return words.get(0).equalsIgnoreCase("indicators");
  }

  private String name() {
    return String.valueOf(output.getFileName());
  }

  private void check() {
    boolean records = words.get(0).equalsIgnoreCase("records");
    if (name().isEmpty() || (!records && venue == null)) {
      throw wrong(
          "Missing required options: '--output=<output>'"
              + (records ? "" : " and '--venue=<venue>'"));
    }
    if (!name().matches(".*\\.((csv|ndjson)(\\.gz)?|parquet)")) {
      throw wrong(
          "--output "
              + output
              + ": must end in .csv or .ndjson, and .gz where compressed, or in .parquet");
    }
    if (isIndicators() != (indicators != null) || (isIndicators() && symbols.isEmpty())) {
      throw wrong(
          isIndicators()
              ? "--indicators and --symbol are needed for indicators"
              : "--indicators is for indicators only");
    }
    if (records != (words.size() == 2)) {
      throw wrong(records ? "which kind of records?" : words.get(1) + ": one kind only");
    }
  }

  private Export.Query query(Kind kind) {
    boolean candles = kind.equals(Kind.CANDLES) || isIndicators();
    if (candles != (timeframe != null)) {
      throw wrong("--timeframe is " + (candles ? "needed" : "not") + " for " + kind);
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("from", from);
    if (to != null) {
      parameters.put("to", to);
    }
    if (candles) {
      parameters.put("state", "closed");
      parameters.put(
          isIndicators() ? "indicators" : "source",
          isIndicators() ? String.valueOf(indicators) : source);
    }
    if (kind.isRecords()) {
      ofRecords(parameters);
    }
    return new Export.Query(kind, venue == null ? "" : venue, symbols, timeframe, parameters);
  }

  private void ofRecords(Map<String, String> parameters) {
    if (venue != null) {
      parameters.put("venue", venue);
    }
    if (symbols.size() > 1) {
      throw wrong("--symbol: one only, of records");
    }
    symbols.forEach(symbol -> parameters.put("symbol", symbol));
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec().commandLine(), what);
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "picocli sets it");
  }
}
