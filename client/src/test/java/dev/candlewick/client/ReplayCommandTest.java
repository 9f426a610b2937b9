package dev.candlewick.client;

import static dev.candlewick.client.FakeIngestServer.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(60)
class ReplayCommandTest {
  @TempDir Path folder;

  private final FakeIngestServer server = new FakeIngestServer();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void sendsAFileAndSaysWhatBecameOfIt() throws IOException {
    Path file = csv("trades.csv", 25);

    assertThat(replay("--speed", "max", "--batch", "10", file.toString())).isZero();
    assertThat(out).hasToString("sent 25 rows, committed 25, duplicates 0, rejected 0\n");
    assertThat(rowsOf(server.committed)).containsExactly(10, 10, 5);
    assertThat(server.authorizations).containsExactly("Bearer secret");
  }

  @Test
  void namesItsStreamByTheFile() throws IOException {
    Path file = csv("tr ädes.csv", 1);

    replay("--speed", "max", file.toString());

    assertThat(new JsonObject(server.hellos.get(0)).getString("stream"))
        .matches("tr__des\\.csv-[0-9a-f]{8}");
  }

  @Test
  void takesAnotherStreamWhenItsMessagesWouldBeOthers() throws IOException {
    Path file = csv("a-name-of-more-than-sixty-four-characters-in-all-is-cut-at-its-end.csv", 3);
    replay("--speed", "max", file.toString());
    replay("--speed", "max", file.toString());
    replay("--speed", "max", "--batch", "2", file.toString());
    Files.writeString(file, Files.readString(file) + "18,1,1,buy,99,X\n");
    replay("--speed", "max", file.toString());

    List<String> names =
        server.hellos.stream().map(hello -> new JsonObject(hello).getString("stream")).toList();
    assertThat(names).allMatch(name -> name.length() == 64);
    assertThat(names.get(1)).isEqualTo(names.get(0));
    assertThat(names.subList(1, 4)).doesNotHaveDuplicates();
  }

  @Test
  void goesOnWhereAnEarlierRunWasStopped() throws Exception {
    Path file = csv("trades.csv", 95);
    String[] args = {"--speed", "max", "--batch", "10", file.toString()};
    assertThat(replay(args)).isZero();
    List<String> whole = List.copyOf(server.committed);
    server.committed.subList(4, 10).clear();
    out.getBuffer().setLength(0);

    assertThat(replay(args)).isZero();

    assertThat(server.committed).isEqualTo(whole);
    assertThat(out).hasToString("sent 55 rows, committed 55, duplicates 0, rejected 0\n");
    assertThat(err.toString()).contains("40 rows were committed by an earlier run");
  }

  @Test
  void survivesACutConnection() throws IOException {
    server.cutsAfter = 7;
    Path file = csv("trades.csv", 1_000);

    assertThat(replay("--speed", "max", "--batch", "10", file.toString())).isZero();
    assertThat(server.committed).hasSize(100);
    assertThat(server.hellos).hasSizeGreaterThan(10);
  }

  @Test
  void sendsAgainWhatADatabaseThatWasSetBackHasLost() throws Exception {
    Path file = csv("trades.csv", 1_000);
    server.commitsAtOnce = false;
    FutureTask<Integer> run =
        new FutureTask<>(() -> replay("--speed", "max", "--batch", "10", file.toString()));
    new Thread(run).start();
    until(() -> server.inFlight() == 64);
    server.commit(40);
    server.setBack(25);
    until(() -> server.inFlight() == 64);
    server.commit(30);
    // The next time it is not told, but sees it by the welcome.
    server.committed.subList(45, 55).clear();
    server.commitsAtOnce = true;
    server.cut();

    assertThat(run.get()).isZero();
    assertThat(server.committed).hasSize(100).doesNotHaveDuplicates();
    assertThat(err.toString()).contains("was set back in time: what it lost was sent again");
  }

  @Test
  void failsAndListsTheFirstRowsWhenRowsWereRejected() throws IOException {
    Path file = csv("trades.csv", 25);
    server.rejectNext(1, 17, "ts", "ts_too_old");

    assertThat(replay("--speed", "max", file.toString())).isEqualTo(1);
    assertThat(out).hasToString("sent 25 rows, committed 24, duplicates 0, rejected 1\n");
    assertThat(err.toString()).contains("rejected: message 1, row 17: ts ts_too_old");
  }

  @Test
  void failsWithTheLineOfAFileThatIsWrong() throws IOException {
    Path file = csv("trades.csv", 25);
    Files.writeString(file, Files.readString(file) + "soon,1,1,buy,26,X\n");

    assertThat(replay("--speed", "max", "--batch", "10", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("replay: " + file + ": line 27: ");
    assertThat(out.toString()).startsWith("sent 20 rows");
  }

  @Test
  void failsWhenABatchIsMoreThanTheServerTakes() throws IOException {
    server.rows = 9;
    Path file = csv("trades.csv", 25);

    assertThat(replay("--speed", "max", "--batch", "10", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("the message has rows 10, the server takes at most 9");
  }

  @Test
  void keepsToTheRecordedPace() throws Exception {
    Path file = folder.resolve("trades.csv");
    Files.writeString(
        file, "symbol,ts,price,size\nA,1000,1,1\nA,1000,2,1\nA,4000,3,1\nA,9000,4,1\n");
    FutureTask<Integer> running =
        new FutureTask<>(() -> replay("--speed", "10", "--batch", "1", file.toString()));
    new Thread(running, "replay").start();

    List<Long> arrivals = new ArrayList<>();
    for (int messages = 1; messages <= 4; messages++) {
      int wanted = messages;
      until(() -> server.committed.size() >= wanted || running.isDone());
      arrivals.add(System.nanoTime() / 1_000_000);
    }
    assertThat(running.get()).isZero();
    assertThat(arrivals.get(1) - arrivals.get(0)).isBetween(0L, 150L);
    assertThat(arrivals.get(2) - arrivals.get(0)).isBetween(250L, 450L);
    assertThat(arrivals.get(3) - arrivals.get(0)).isBetween(750L, 950L);
  }

  @ParameterizedTest
  @CsvSource({
    "--speed fast F, --speed fast: neither a positive number nor max",
    "--speed 0 F, --speed 0",
    "--batch 0 F, --batch 0: at least 1",
    "--unit h F, --unit h",
    "--venue a/b F, venue",
    "--stream s F G, --stream is for one file",
    "F F, another file would be stream",
    "nowhere.csv, cannot read nowhere.csv: no such file",
    "--key x F, Unknown option: '--key'",
    "--batch 1, Missing required parameter: 'FILE'"
  })
  void refusesACommandLineThatIsWrong(String line, String what) throws IOException {
    String f = csv("f.csv", 1).toString();
    String g = csv("g.csv", 1).toString();
    String[] args =
        Arrays.stream(line.split(" "))
            .map(arg -> arg.equals("F") ? f : arg.equals("G") ? g : arg)
            .toArray(String[]::new);

    assertThat(replay(args)).isEqualTo(2);
    assertThat(err.toString()).contains(what);
    assertThat(server.hellos).isEmpty();
  }

  @Test
  void sendsTheRealCaptureWithQuotesTheSameWayTwice() throws IOException {
    Path file = Path.of("../../shared/data/binance-spot-btcusdt-20240808.ws.gz");
    assumeTrue(Files.exists(file), "the real captures are beside the repository");

    assertThat(replay("--speed", "max", "--quotes", file.toString())).isZero();
    assertThat(out).hasToString("sent 37797 rows, committed 37797, duplicates 0, rejected 0\n");
    List<String> first = List.copyOf(server.committed);
    server.committed.clear();
    replay("--speed", "max", "--quotes", file.toString());

    assertThat(server.committed).isEqualTo(first);
    assertThat(server.violations).isEmpty();
  }

  private int replay(String... args) {
    CommandLine command = new CommandLine(new ReplayCommand("secret"));
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of("--url", server.uri().toString()));
    all.addAll(List.of(args));
    return command.execute(all.toArray(String[]::new));
  }

  private Path csv(String name, int rows) throws IOException {
    Path file = folder.resolve(name);
    List<String> lines = new ArrayList<>(List.of("ts,price,size,side,id,symbol"));
    IntStream.range(0, rows).forEach(i -> lines.add(1_000 + i + ",1.5,2,buy," + i + ",A"));
    return Files.write(file, lines);
  }

  private static List<Integer> rowsOf(List<String> frames) {
    return frames.stream().map(frame -> new JsonObject(frame).getJsonArray("rows").size()).toList();
  }
}
