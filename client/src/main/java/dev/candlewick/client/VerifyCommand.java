package dev.candlewick.client;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code candlewick verify KIND FILE...}: does a server hold what the files say?
 *
 * <p>Exit code 0: it does; 1: it does not, or cannot be reached; 2: the command line is wrong.
 */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compares files of rows with what a server holds.",
    footer = {
      "",
      "Reads the files again and the server back by its own queries; per instrument and",
      "month compares rows, first and last time, sums and a digest, and names the first",
      "rows that differ. From a file's first to its last row of an instrument the server",
      "must hold these rows and no other. The options are those of import.",
      "The API key is read from CANDLEWICK_API_KEY in the environment."
    })
public final class VerifyCommand implements Callable<Integer> {
  private final @Nullable String apiKey;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private FileArguments arguments = new FileArguments();

  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:8080",
      description = "The server. Default: ${DEFAULT-VALUE}")
  private URI url = URI.create("");

  @Option(
      names = "--source",
      defaultValue = "",
      description =
          "Which candles of the server: auto, built or native. Default: native, the venue's own;"
              + " of files as export writes them auto.")
  private String source = "";

  /** A command that authenticates with {@code apiKey}; null if the server has no keys. */
  public VerifyCommand(@Nullable String apiKey) {
    this.apiKey = apiKey;
  }

  /** Compares all files together. */
  @Override
  public Integer call() throws InterruptedException {
    CommandSpec said = Objects.requireNonNull(spec, "picocli sets it");
    arguments.files(said);
    Api api = new Api(url, apiKey);
    try {
      List<FileArguments.Given> given = arguments.given(said, api);
      if (!List.of("", "auto", "built", "native").contains(source)) {
        throw new ParameterException(
            said.commandLine(), "--source " + source + ": none of auto, built, native");
      }
      Verify.Against server = new Verify.Against(api, source);
      PrintWriter err = said.commandLine().getErr();
      Consumer<String> told =
          line -> {
            err.println(line);
            err.flush();
          };
      return Verify.all(server, given, Map.of(), said.commandLine().getOut(), told) ? 0 : 1;
    } catch (IOException e) {
      String what = e.getMessage() == null ? "cannot reach " + url : e.getMessage();
      said.commandLine().getErr().println("verify: " + what);
      said.commandLine().getErr().flush();
      return 1;
    }
  }
}
