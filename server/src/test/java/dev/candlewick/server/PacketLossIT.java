package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The line to the database loses packets, real ones: it leads through a network name space whose
 * only interface has a queue that is too short. No root is needed.
 */
class PacketLossIT {
  private static final String LOSSY =
      """
      ip link set lo mtu 1500 up &&
      tc qdisc add dev lo root tbf rate 8mbit burst 3000 limit 4000 || exit 1
      "$@"
      tc -s qdisc show dev lo
      """;

  // Experiment 9.

  @Test
  void lostPacketsLoseAndDoubleNothing(@TempDir Path folder) throws IOException {
    TestDatabase database = TestDatabase.empty();
    URI url = URI.create(database.url());
    UnixDomainSocketAddress in = UnixDomainSocketAddress.of(folder.resolve("in"));
    UnixDomainSocketAddress out = UnixDomainSocketAddress.of(folder.resolve("out"));
    Process lossy = nameSpace(in.toString(), out.toString());
    BufferedReader said = lossy.inputReader();
    boolean runs = "relays".equals(said.readLine());
    if (!runs) {
      System.err.println("LEFT OUT: no name space with a lossy line here (unshare, ip, tc)");
    }
    assumeThat(runs).as("a name space with a lossy line").isTrue();
    try (Relay toLine = new Relay(new InetSocketAddress("127.0.0.1", 0), in);
        Relay toDatabase = new Relay(out, new InetSocketAddress(url.getHost(), url.getPort()));
        ServerProcess server = ServerProcess.start(through(toLine, url)).awaitReady()) {
      SteadyFeed feed = new SteadyFeed(server::url, "LOSSY", 1_000, 30);
      feed.awaitDone(Duration.ofSeconds(90));
      feed.check(database);
      feed.checkCandles(database);
    } finally {
      OutputStream end = lossy.getOutputStream();
      end.close();
    }
    String statistics = String.join("\n", said.lines().toList());
    Matcher counts = Pattern.compile("(\\d+) pkt \\(dropped (\\d+)").matcher(statistics);
    assertThat(counts.find()).as("%s", statistics).isTrue();
    double lost = Double.parseDouble(counts.group(2)) / Double.parseDouble(counts.group(1));
    assertThat(lost).as("share of packets lost: %s", statistics).isGreaterThan(0.02);
  }

  private static Process nameSpace(String in, String out) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "unshare",
            "-rn",
            "sh",
            "-c",
            LOSSY,
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Relay.class.getName(),
            in,
            "5432",
            out);
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String through(Relay line, URI database) throws IOException {
    return "postgresql://%s@127.0.0.1:%d%s"
        .formatted(database.getRawUserInfo(), line.port(), database.getPath());
  }
}
