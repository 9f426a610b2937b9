package dev.candlewick.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** Processor time and memory of the server and the database, if they are visible from here. */
final class Cpu {
  private final ProcessHandle server;
  private final Optional<ProcessHandle> postmaster;

  /**
   * Of both.
   *
   * @param postmaster the database's first process, if it runs on this machine
   */
  Cpu(ProcessHandle server, Optional<ProcessHandle> postmaster) {
    this.server = server;
    this.postmaster = postmaster;
  }

  double serverSeconds() {
    return seconds(Stream.of(server));
  }

  /** All of the database's processes; NaN if it runs elsewhere. */
  double databaseSeconds() {
    return postmaster
        .map(parent -> seconds(Stream.concat(Stream.of(parent), parent.children())))
        .orElse(Double.NaN);
  }

  private static double seconds(Stream<ProcessHandle> processes) {
    return processes
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .mapToDouble(time -> time.toNanos() / 1e9)
        .sum();
  }

  /** The server's peak resident memory, in MB; NaN if the system does not report it. */
  double serverPeakMegabytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + server.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException elsewhere) {
      return Double.NaN;
    }
  }
}
