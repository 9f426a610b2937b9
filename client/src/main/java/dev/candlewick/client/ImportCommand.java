package dev.candlewick.client;

import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
    description = "Sends files of trades, quotes, candles or records to a server.",
    footer = {
      "",
      "A file is CSV, JSON or NDJSON, plain or in .gz, .zst or .zip (all files of it);",
      ".parquet; .dbn; or a SQLite or DuckDB database with --table or --query. What it",
      "is taken for is told, and each file is read to its end, before the first row is",
      "sent. Started again with the same files and options, it goes on where the",
      "server stands; with another --stream it sends all again: harmless for candles",
      "and for trades with ids. A whole database comes in by --plan: import --plan",
      "container-bots bot.sqlite.",
      "The API key is read from CANDLEWICK_API_KEY in the environment."
    })
public final class ImportCommand implements Callable<Integer> {
  private static final int MOST_AT_ONCE = 4;

  /** A server writes the messages of one stream one after another. */
  private static final int STREAMS = 4;

  private static final long ROWS_OF_ONE_STREAM = 50_000;

  private final @Nullable String apiKey;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private FileArguments arguments = new FileArguments();

  @Option(
      names = "--url",
      defaultValue = "ws://127.0.0.1:8080/v1/ingest",
      description = "The server, or its ingest address. Default: ${DEFAULT-VALUE}")
  private URI url = URI.create("");

  @Option(
      names = "--stream",
      description =
          "The stream's name, for one file. Default: made from the file's name,"
              + " content and the options that shape its messages; many candles in order of time"
              + " get four streams.")
  private @Nullable String stream;

  @Option(
      names = "--batch",
      defaultValue = "500",
      description = "Rows per message at most. Default: ${DEFAULT-VALUE}")
  private int batch;

  @Option(names = "--verify", description = "Afterwards compares, as the command verify does.")
  private boolean verify;

  @Option(names = "--dry-run", description = "Reads everything, sends nothing.")
  private boolean dryRun;

  @Option(
      names = "--archived",
      description =
          "Takes candles back from an archive, also below retention: they stay for thirty days."
              + " A folder of the archive will do as a file.")
  private boolean archived;

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description =
          "Writes refused rows there (CSV: place, field, code, detail, line), lines that cannot"
              + " be read among them, and sends the others. Without it such a line stops all.")
  private @Nullable Path rejects;

  /** A command that authenticates with {@code apiKey}; null if the server has no keys. */
  public ImportCommand(@Nullable String apiKey) {
    this.apiKey = apiKey;
  }

  /** Reads all files once, then sends them and waits for the last. */
  @Override
  public Integer call() throws InterruptedException {
    if (batch < 1) {
      throw wrong("--batch " + batch + ": at least 1");
    }
    if (stream != null && (arguments.files(spec()).size() > 1 || arguments.isPlanned())) {
      throw wrong("--stream is for one file");
    }
    Path kept = rejects;
    PrintWriter err = spec().commandLine().getErr();
    List<Path> files = arguments.files(spec());
    if (archived && (stream != null || arguments.isPlanned() || verify)) {
      throw wrong("--archived goes without --stream, --plan and --verify");
    }
    boolean isSpooled = !dryRun && !archived;
    try (Rejects refused = kept == null ? null : new Rejects(kept);
        Spool spool = isSpooled ? new Spool(folder(files)) : null) {
      List<Inspection> read = new ArrayList<>();
      for (FileArguments.Given given : arguments.given(spec(), new Api(url, apiKey))) {
        read.add(Inspection.of(given, batch, this::tell, refused, spool));
      }
      if (spool == null) {
        return dryRun ? tellRead(read) : takeBack(read);
      }
      return send(read, refused, spool);
    } catch (IOException e) {
      err.println("import: " + e.getMessage() + "; nothing was sent");
      err.flush();
      return 1;
    }
  }

  private void tell(String found) {
    PrintWriter err = spec().commandLine().getErr();
    err.println(found);
    err.flush();
  }

  private int tellRead(List<Inspection> read) {
    PrintWriter out = spec().commandLine().getOut();
    long bad = 0;
    for (Inspection file : read) {
      out.printf(
          "%s: %d rows of %s, %d lines without one, %d that cannot be read%n",
          file.file(), file.rows(), file.options().kind(), file.skipped(), file.bad());
      bad += file.bad();
    }
    out.println("nothing was sent");
    out.flush();
    return bad == 0 ? 0 : 1;
  }

  /** Beside the first file there is room for rows, where a folder for small files may be memory. */
  private static Path folder(List<Path> files) {
    return Objects.requireNonNullElse(files.get(0).toAbsolutePath().getParent(), Path.of(""));
  }

  private int send(List<Inspection> read, @Nullable Rejects refused, Spool spool)
      throws InterruptedException {
    PrintWriter out = spec().commandLine().getOut();
    PrintWriter err = spec().commandLine().getErr();
    Set<String> names = new HashSet<>();
    Map<Replay, Inspection> imports = new LinkedHashMap<>();
    long rows = 0;
    long bad = 0;
    for (Inspection file : read) {
      Replay.Target target = new Replay.Target(ingest(), apiKey, streamsOf(file));
      if (!names.addAll(target.streams())) {
        throw wrong(
            file.file() + ": another file would be stream " + target.streams().get(0) + " too");
      }
      imports.put(
          new Replay(
              file.file(),
              path -> file.messages(batch, spool),
              target,
              new Pace(Double.POSITIVE_INFINITY)),
          file);
      rows += file.rows();
      bad += file.bad();
    }
    Map<Inspection, BitSet> rejected = new HashMap<>();
    int exit =
        new ReplayRun("import", List.copyOf(imports.keySet()), out, err)
            .atOnce(arguments.isPlanned() ? 1 : MOST_AT_ONCE)
            .showing(new Progress(rows, err))
            .asking(
                replay -> {
                  Inspection file = Objects.requireNonNull(imports.get(replay));
                  Api api = new Api(url, apiKey);
                  // Written to the file of rejects, too, if there is one.
                  BitSet its = Rejects.of(api, replay.streams(), file, batch, refused, this::tell);
                  rejected.put(file, its);
                  return its.cardinality();
                })
            .run();
    boolean equal = !verify || isStored(read, rejected);
    return bad > 0 || !equal ? 1 : exit;
  }

  private int takeBack(List<Inspection> read) throws IOException, InterruptedException {
    PrintWriter out = spec().commandLine().getOut();
    if (read.stream().anyMatch(file -> !file.options().kind().equals(Kind.CANDLES))) {
      throw wrong("--archived is for candles");
    }
    Progress progress =
        new Progress(
            read.stream().mapToLong(Inspection::rows).sum(), spec().commandLine().getErr());
    TakingBack takingBack = new TakingBack(new Api(url, apiKey), batch, progress);
    for (Inspection file : read) {
      takingBack.send(file);
    }
    return takingBack.tell(out) && read.stream().allMatch(file -> file.bad() == 0) ? 0 : 1;
  }

  /** The server's address alone is enough, as for other commands. */
  private URI ingest() {
    String text = url.toString().replaceFirst("^http", "ws").replaceFirst("/$", "");
    return URI.create(text.endsWith("/v1/ingest") ? text : text + "/v1/ingest");
  }

  /** Rejected rows do not count. */
  private boolean isStored(List<Inspection> read, Map<Inspection, BitSet> rejected)
      throws InterruptedException {
    List<FileArguments.Given> given = new ArrayList<>();
    Map<FileArguments.Given, BitSet> without = new HashMap<>();
    for (Inspection file : read) {
      FileArguments.Given one = new FileArguments.Given(file.file(), file.options());
      given.add(one);
      without.put(one, rejected.getOrDefault(file, new BitSet()));
    }
    try {
      Verify.Against server = new Verify.Against(new Api(url, apiKey), "native");
      return Verify.all(server, given, without, spec().commandLine().getOut(), this::tell);
    } catch (IOException e) {
      tell("import: --verify: " + e.getMessage());
      return false;
    }
  }

  /**
   * The file's own stream: its name and a checksum of its content and of everything that shapes its
   * rows. Many candles of which no two are the same are dealt to several, so that a server can
   * write some of them while it writes others: which are written first makes no difference.
   */
  private List<String> streamsOf(Inspection file) {
    if (stream != null) {
      return List.of(stream);
    }
    String shape = file.options() + " " + batch + " " + file.content();
    try {
      String name = ReplayOptions.stream(file.file(), shape);
      boolean isDealt =
          file.options().kind().equals(Kind.CANDLES)
              && file.isAscending()
              && file.rows() > ROWS_OF_ONE_STREAM;
      // The end of the name, which has the checksum and leaves room.
      String end = name.substring(Math.max(0, name.length() - 60));
      return isDealt
          ? IntStream.rangeClosed(1, STREAMS).mapToObj(i -> end + "." + i).toList()
          : List.of(name);
    } catch (IOException e) {
      throw wrong("cannot read " + file.file());
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec().commandLine(), what);
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "picocli sets it");
  }
}
