package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server as the image, the Kubernetes manifest and the systemd unit run it: as nobody, without
 * privileges, on file systems that are read-only but for its spool.
 */
class HardenedIT {
  /** Its first argument is the spool's directory, the rest a command. Needs no root. */
  private static final String LOCKED =
      """
      if [ "$1" = again ]; then
        spool=$2; as=$3; shift 3
        mount --bind "$spool" "$spool" || exit 9
        for each in $(cut -d' ' -f5 /proc/self/mountinfo); do
          case "$each" in "$spool" | /proc) ;; *) mount -o remount,bind,ro "$each" 2>/dev/null ;; esac
        done
        exec $as setpriv --no-new-privs sh -c '
          touch "$0/may-write" || exit 9
          for each in / /tmp /var/tmp "$HOME" "$0/.." .; do
            touch "$each/may-not-write" 2>/dev/null && exit 9
          done
          exec "$@"' "$spool" "$@"
      elif unshare -m true 2>/dev/null; then
        chown 65534:65534 "$1" "$1/.." && spool=$1 && shift
        exec unshare -m sh -c "$0" "$0" again "$spool" \\
          "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all" "$@"
      else
        spool=$1 && shift
        exec unshare -rm sh -c "$0" "$0" again "$spool" \\
          "unshare -U --map-user=65534 --map-group=65534" "$@"
      fi
      """;

  private static List<String> locked(Path spool, String... command) {
    return Stream.concat(
            Stream.of("sh", "-c", LOCKED, LOCKED, spool.toString()), Stream.of(command))
        .toList();
  }

  @Test
  void needsNoPrivilegeAndNoFileButItsSpool(@TempDir Path folder) throws Exception {
    Path spool = Files.createDirectory(folder.resolve("spool"));
    boolean runs = works(locked(spool, "test", "-r", System.getProperty("candlewick.jar")));
    if (!runs) {
      System.err.println("LEFT OUT: nothing can be locked down here (unshare, mount, setpriv)");
    }
    assumeThat(runs).as("a name space with read-only file systems").isTrue();
    TestDatabase database = TestDatabase.empty();
    try (ServerProcess server =
        ServerProcess.startUnder(
            locked(spool), database.url(), "SPOOL_DIR", spool + "/own", "LOG_FORMAT", "json")) {
      server.awaitReady();
      assertThat(server.status("CapEff")).isZero();
      assertThat(server.status("NoNewPrivs")).isEqualTo(1);
      assertThat(server.post("/v1/trades", body("LOCKED", trade(HOUR_AGO, 1, 1))).statusCode())
          .isEqualTo(200);
      assertThat(server.get("/metrics").body()).contains("candlewick_spool_limit_bytes");
      assertThat(server.output()).noneMatch(line -> line.contains("\"level\":\"ERROR\""));
      server.terminate();
      assertThat(server.awaitExit(Duration.ofSeconds(30))).isZero();
    }
  }

  private static boolean works(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException notHere) {
      return false;
    }
  }
}
