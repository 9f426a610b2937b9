package dev.candlewick.client;

import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The command line's description of files of rows. */
final class FileArguments {
  /** A file, or a table in one, and what it is. */
  record Given(Path file, FileOptions options) {}

  private static final List<String> FORMATS =
      List.of(
          "auto",
          "candlewick",
          "binance",
          "databento",
          "kraken",
          "cryptodatadownload",
          "massive",
          "yahoo",
          "dukascopy",
          "ccxt");

  /** IANA's names that Java leaves out; they have no summer time. */
  private static final Map<String, String> FIXED_ZONES =
      Map.of("EST", "-05:00", "MST", "-07:00", "HST", "-10:00");

  @Parameters(
      index = "0..*",
      arity = "1..*",
      hideParamSyntax = true,
      paramLabel = "KIND FILE...",
      description =
          "trades, quotes, candles or records and their kind (not needed for market data whose"
              + " format tells it); then files.")
  private List<String> words = List.of();

  @Option(
      names = "--format",
      defaultValue = "auto",
      description =
          "auto (default: by header and name), candlewick, binance, databento, kraken,"
              + " cryptodatadownload, massive, yahoo, dukascopy, ccxt.")
  private String format = "";

  @Option(
      names = "--map",
      paramLabel = "FIELD=COLUMN,...",
      description = {
        "Which column is which field: ts=open_time:ms,open=o,...",
        "A day and its time in two columns: ts=<DATE>+<TIME>; dates like 01/02/2024: ts=date:mdy or"
            + " :dmy. Columns without a header are counted: ts=1,open=2,..."
      })
  private @Nullable String map;

  @Option(
      names = "--venue",
      description = "The venue of all rows; in candlewick's format of rows that do not say it.")
  private @Nullable String venue;

  @Option(names = "--symbol", description = "The symbol, likewise.")
  private @Nullable String symbol;

  @Option(names = "--timeframe", description = "The timeframe of candles, likewise.")
  private @Nullable String timeframe;

  @Option(
      names = "--timezone",
      defaultValue = "UTC",
      description =
          "Of times that do not tell their zone; those that occur twice in it are refused. Default:"
              + " ${DEFAULT-VALUE}")
  private String timezone = "";

  @Option(
      names = "--unit",
      defaultValue = "ms",
      description =
          "What integer timestamps count in candlewick's format: s, ms, us, ns."
              + " Default: ${DEFAULT-VALUE}")
  private String unit = "";

  @Option(names = "--table", description = "The table of a SQLite or DuckDB file.")
  private String table = "";

  @Option(names = "--query", description = "A query of a SQLite, DuckDB or Parquet file.")
  private String query = "";

  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      description =
          "Takes a whole database, table by table: a file, or container-bots, unified-bots,"
              + " trade-journal. Then no KIND is named.")
  private @Nullable String plan;

  /** Whether files are read table by table, in this order. */
  boolean isPlanned() {
    return plan != null;
  }

  /** Files first: their rows say what they contain. */
  private boolean isKindNamed() {
    return plan == null && !Files.isRegularFile(Path.of(words.get(0)));
  }

  /** The files, all of which exist. */
  List<Path> files(CommandSpec spec) {
    check(spec);
    int first = isKindNamed() ? words.get(0).equalsIgnoreCase("records") ? 2 : 1 : 0;
    if (words.size() <= first) {
      throw wrong(spec, "Missing required parameter: 'FILE'");
    }
    List<Path> files = new ArrayList<>();
    for (String word : words.subList(first, words.size())) {
      Path path = Path.of(word);
      files.addAll(Files.isDirectory(path) ? archived(spec, path) : List.of(path));
    }
    for (Path file : files) {
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        String why = Files.exists(file) ? "" : ": no such file";
        throw wrong(spec, "cannot read " + file + why);
      }
    }
    return files;
  }

  /** The files of an archive folder. */
  private static List<Path> archived(CommandSpec spec, Path folder) {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw wrong(spec, "cannot read " + folder);
    }
    if (files.isEmpty()) {
      throw wrong(spec, folder + " is a folder without a .parquet file");
    }
    return files;
  }

  /** What a folder above the file says, such as {@code symbol=BTC%2FUSDT}; null if none does. */
  private static @Nullable String ofFolder(Path file, String name) {
    for (Path folder = file.toAbsolutePath().getParent();
        folder != null;
        folder = folder.getParent()) {
      String word = String.valueOf(folder.getFileName());
      if (word.startsWith(name + "=") && !word.endsWith("=__HIVE_DEFAULT_PARTITION__")) {
        return URLDecoder.decode(
            word.substring(name.length() + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /**
   * What to read from the files, in this order; for records the server is asked for their columns.
   */
  List<Given> given(CommandSpec spec, Api api) throws IOException, InterruptedException {
    List<Given> all = new ArrayList<>();
    List<Path> files = files(spec);
    String planned = plan;
    if (planned == null) {
      Map<String, String> columns = columns(spec);
      Kind named = isKindNamed() ? Kinds.named(spec, api, words) : null;
      for (Path file : files) {
        Kind kind =
            named == null
                ? Kinds.of(file, maybe -> options(spec, file, maybe, columns, query))
                : named;
        all.add(new Given(file, options(spec, file, kind, columns, query)));
      }
      return all;
    }
    for (Path file : files) {
      for (Plan.Step step : Plan.read(planned)) {
        Kind kind = Kinds.named(spec, api, step.words());
        all.add(new Given(file, options(spec, file, kind, step.map(), step.query())));
      }
    }
    return all;
  }

  private FileOptions options(
      CommandSpec spec, Path file, Kind kind, Map<String, String> columns, String rows) {
    FileOptions.Given instrument =
        new FileOptions.Given(
            venue == null ? ofFolder(file, "venue") : venue,
            symbol == null ? ofFolder(file, "symbol") : symbol,
            timeframe);
    return new FileOptions(kind, format, instrument, zone(spec), unit, columns, table, rows);
  }

  private Map<String, String> columns(CommandSpec spec) {
    try {
      return map == null ? Map.of() : FileOptions.map(map);
    } catch (IllegalArgumentException e) {
      throw wrong(spec, "--map: " + e.getMessage());
    }
  }

  private void check(CommandSpec spec) {
    if (!FORMATS.contains(format)) {
      throw wrong(spec, "--format " + format + ": none of " + String.join(", ", FORMATS));
    }
    if (!List.of("s", "ms", "us", "ns").contains(unit)) {
      throw wrong(spec, "--unit " + unit + " must be one of s, ms, us, ns");
    }
    word(spec, "venue", venue);
    word(spec, "symbol", symbol);
    word(spec, "timeframe", timeframe);
  }

  private static void word(CommandSpec spec, String name, @Nullable String value) {
    if (value != null
        && (value.isBlank() || value.length() > 64 || value.matches(".*[\"\\\\].*"))) {
      throw wrong(spec, "invalid --" + name + " \"" + value + "\"");
    }
  }

  private ZoneId zone(CommandSpec spec) {
    try {
      return ZoneId.of(timezone, FIXED_ZONES);
    } catch (DateTimeException e) {
      throw wrong(spec, "--timezone " + timezone + " is not a time zone");
    }
  }

  private static ParameterException wrong(CommandSpec spec, String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
