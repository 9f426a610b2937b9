package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus's own checker, from Debian's package {@code prometheus}. */
final class Promtool {
  static final Path MONITORING = Path.of("..", "monitoring");

  private Promtool() {}

  /** The output of a command that must succeed; without promtool the test is skipped, in CI not. */
  static String run(String input, String... arguments) throws IOException, InterruptedException {
    Process process;
    try {
      List<String> command = Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList();
      process =
          new ProcessBuilder(command)
              .directory(MONITORING.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      String why =
          "promtool is not installed (Debian package prometheus): monitoring/ is unchecked";
      assertThat(System.getenv("CI")).as(why).isNull();
      System.err.println("SKIPPED: " + why);
      assumeTrue(false, why);
      throw e;
    }
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s", output).isZero();
    return output;
  }
}
