package dev.candlewick.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * {@code candlewick replay FILE...}: sends recorded files to a server as feeds would.
 *
 * <p>Exit code 0: all rows are committed; 1: rows were rejected, or a file could not be sent to its
 * end; 2: the command line is wrong.
 */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Sends recorded market data to a server, at its own pace or faster.",
    footer = {
      "",
      "A file is a capture of Binance's combined streams (a line: receive time in ns, a space, the",
      "frame) or, by its name, a CSV of trades with a header of field names; plain or gzip.",
      "Started again with the same files and options, it goes on from what the server has.",
      "The API key is read from the environment variable CANDLEWICK_API_KEY."
    })
public final class ReplayCommand implements Callable<Integer> {
  private final @Nullable String apiKey;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files; each is its own stream.")
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

  @Option(
      names = "--speed",
      defaultValue = "1",
      description = "Recorded seconds a second: 1, 10, ... or max. Default: ${DEFAULT-VALUE}")
  private String speed = "";

  @Option(
      names = "--venue",
      defaultValue = "binance",
      description = "The venue, where the file names none. Default: ${DEFAULT-VALUE}")
  private String venue = "";

  @Option(
      names = "--symbol",
      defaultValue = "",
      description = "The symbol, for a CSV without such a column.")
  private String symbol = "";

  @Option(
      names = "--unit",
      defaultValue = "ms",
      description =
          "What integer timestamps of a CSV count: s, ms, us, ns. Default: " + "${DEFAULT-VALUE}")
  private String unit = "";

  @Option(names = "--quotes", description = "Take best bid and ask of a capture too.")
  private boolean quotes;

  @Option(
      names = "--batch",
      defaultValue = "500",
      description =
          "Rows per message. Fewer arrive sooner at --speed 1. Default: " + "${DEFAULT-VALUE}")
  private int batch;

  /**
   * A command that authenticates with {@code apiKey}; null if the server has no keys. Not an
   * option, because everyone on the machine can read arguments.
   */
  public ReplayCommand(@Nullable String apiKey) {
    this.apiKey = apiKey;
  }

  /** Sends all files at once and waits for the last. */
  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = spec().commandLine();
    ReplayOptions options = options();
    Pace pace = new Pace(speed());
    List<Replay> replays = new ArrayList<>();
    FileStreams.of(files, stream, options, line)
        .forEach(
            (name, file) -> {
              Replay.Target target = new Replay.Target(url, apiKey, List.of(name));
              replays.add(new Replay(file, options::messages, target, pace));
            });
    return new ReplayRun("replay", replays, line.getOut(), line.getErr()).run();
  }

  private ReplayOptions options() {
    if (batch < 1) {
      throw wrong("--batch " + batch + ": at least 1");
    }
    try {
      new Instrument(venue, symbol.isEmpty() ? "any" : symbol);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    long unitNanos =
        switch (unit) {
          case "s" -> 1_000_000_000;
          case "ms" -> 1_000_000;
          case "us" -> 1_000;
          case "ns" -> 1;
          default -> throw wrong("--unit " + unit + " must be one of s, ms, us, ns");
        };
    return new ReplayOptions(venue, symbol, unitNanos, quotes, batch);
  }

  private double speed() {
    if (speed.equals("max")) {
      return Double.POSITIVE_INFINITY;
    }
    if (!speed.matches("[0-9]{1,6}(\\.[0-9]{1,6})?") || Double.parseDouble(speed) == 0) {
      throw wrong("--speed " + speed + ": neither a positive number nor max");
    }
    return Double.parseDouble(speed);
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec().commandLine(), what);
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "picocli sets it");
  }
}
