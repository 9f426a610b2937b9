package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a spool whose database goes away and comes back. */
class SpoolIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Rows of a message that is still one frame: one of fragments is refused where memory is full.
   */
  private static final int WIDE = 250;

  private static TestDatabase database;

  @TempDir private Path spool;
  private DatabaseProxy proxy;
  private final List<ServerProcess> started = new ArrayList<>();

  @BeforeAll
  static void makeADatabase() {
    database = TestDatabase.empty();
  }

  @BeforeEach
  void standBeforeTheDatabase() {
    proxy = new DatabaseProxy(database.url());
  }

  @AfterEach
  void stop() {
    started.forEach(ServerProcess::close);
    proxy.close();
  }

  private ServerProcess start(String... keysAndValues) {
    return startUnder(List.of(), keysAndValues);
  }

  /** With the spool, by way of another command. */
  private ServerProcess startUnder(List<String> command, String... keysAndValues) {
    String[] ofSpool = {"SPOOL_DIR", spool.toString(), "SPOOL_FREE_BYTES", "0"};
    String[] all =
        Stream.concat(Stream.of(ofSpool), Stream.of(keysAndValues)).toArray(String[]::new);
    ServerProcess server = ServerProcess.startUnder(command, proxy.url(), all);
    started.add(server);
    return server;
  }

  /** Sends messages of one trade each, whose price is their seq. */
  private static void say(IngestSocket feed, String stream, long first, long last) {
    for (long seq = first; seq <= last; seq++) {
      feed.say(
          Messages.trades(
              seq, stream, List.of(trade(HOUR_AGO + seq, seq, 1), trade(HOUR_AGO + seq, seq, 1))));
    }
  }

  /** Waits until the server says that it has so much on its own disk; the last ack. */
  private static JsonObject awaitSpooled(IngestSocket feed, long seq) {
    JsonObject ack = feed.expect("ack");
    while (ack.getLong("spooled") < seq) {
      ack = feed.expect("ack");
    }
    return ack;
  }

  /** Each message is stored once, its two equal trades without ids as two. */
  private static void assertStored(String stream, long messages) {
    assertThat(
            database.text(
                """
                select count(*) || ' ' || count(distinct price) || ' ' || max(price)
                from market.trades join market.instruments on id = instrument_id
                where symbol = '%s'
                """
                    .formatted(stream)))
        .isEqualTo(2 * messages + " " + messages + " " + messages);
  }

  @Test
  void whatWasSpooledIsStoredOnceAfterAKill() {
    ServerProcess server = start().awaitReady();
    try (IngestSocket feed = server.feed("KILLED")) {
      say(feed, "KILLED", 1, 3);
      assertThat(feed.ackOf(3).getLong("spooled")).isEqualTo(3);
      proxy.away();
      say(feed, "KILLED", 4, 50);
      assertThat(awaitSpooled(feed, 50).getLong("committed")).isEqualTo(3);
      assertThat(server.post("/v1/trades", body("REST", trade(HOUR_AGO, 1, 1))).statusCode())
          .isEqualTo(503);
      say(feed, "KILLED", 51, 60);
      awaitSpooled(feed, 60);
    }
    server.kill();
    ServerProcess next = start();
    assertThat(next.get("/readyz").statusCode()).isEqualTo(503);
    proxy.back();
    next.awaitReady();
    try (IngestSocket feed = next.feed()) {
      assertThat(feed.hello("KILLED").getLong("next_seq")).isEqualTo(61);
      say(feed, "KILLED", 61, 62);
      feed.ackOf(62);
    }
    assertStored("KILLED", 62);
  }

  @Test
  void isDrainedWhereItsFeedIsStillThere() {
    ServerProcess server = start().awaitReady();
    try (IngestSocket feed = server.feed("STAYED")) {
      proxy.away();
      say(feed, "STAYED", 1, 40);
      awaitSpooled(feed, 40);
      JsonObject bad = trade(HOUR_AGO, "much", 1);
      feed.say(Messages.trades(41, "STAYED", List.of(bad, trade(HOUR_AGO + 41, 41, 1))));
      awaitSpooled(feed, 41);
      proxy.back();
      JsonObject ack = feed.ackOf(41);
      assertThat(ack.getJsonArray("rejected").getJsonObject(0).getLong("seq")).isEqualTo(41);
      say(feed, "STAYED", 42, 50);
      feed.ackOf(50);
    }
    assertThat(
            database.number(
                "select count(*) from market.trades join market.instruments on id = instrument_id"
                    + " where symbol = 'STAYED'"))
        .isEqualTo(99);
    server.awaitReady();
    ServerProcess.await("an empty spool", PATIENCE, () -> files().isEmpty());
    assertThat(server.post("/v1/trades", body("STAYED", trade(HOUR_AGO, 1, 1))).statusCode())
        .isEqualTo(200);
  }

  private List<String> files() {
    String[] names = spool.toFile().list((directory, name) -> name.endsWith(".spool"));
    return names == null ? List.of() : List.of(names);
  }

  @Test
  void anOrderlyStopLeavesToTheSpoolWhatIsInMemory() {
    ServerProcess server = start().awaitReady();
    IngestSocket feed = server.feed("STOPPED");
    proxy.away();
    say(feed, "STOPPED", 1, 30);
    server.terminate();
    assertThat(feed.expect("drain").fieldNames()).containsExactly("t");
    awaitSpooled(feed, 30);
    assertThat(feed.closeCode()).isEqualTo(1001);
    assertThat(server.awaitExit(Duration.ofSeconds(25))).isZero();
    proxy.back();
    assertThat(start().awaitReady().feed().hello("STOPPED").getLong("next_seq")).isEqualTo(31);
    assertStored("STOPPED", 30);
  }

  @Test
  void aFeedThatWentToAnotherServerAndTheSpoolComeToTheSame() {
    ServerProcess server = start().awaitReady();
    try (ServerProcess other = ServerProcess.on(database);
        IngestSocket before = server.feed("MOVED")) {
      say(before, "MOVED", 1, 3);
      before.ackOf(3);
      proxy.away();
      say(before, "MOVED", 4, 40);
      awaitSpooled(before, 40);
      try (IngestSocket after = other.feed()) {
        assertThat(after.hello("MOVED").getLong("next_seq")).isEqualTo(4);
        say(after, "MOVED", 4, 20);
        after.ackOf(20);
        proxy.back();
        String committed = "select committed_seq from ingest.streams where stream = 'MOVED'";
        ServerProcess.await("drained", PATIENCE, () -> database.number(committed) == 40);
        say(after, "MOVED", 21, 45);
        after.ackOf(45);
      }
    }
    assertStored("MOVED", 45);
    assertThat(String.join("\n", server.output())).doesNotContain("quarantine/");
  }

  @Test
  void waitsWhereTheDatabaseMustBeDurableAndIsNot() {
    ServerProcess server = start().awaitReady();
    try (IngestSocket feed = server.feed("STRICT")) {
      proxy.away();
      say(feed, "STRICT", 1, 5);
      awaitSpooled(feed, 5);
    }
    server.kill();
    proxy.back();
    String name = database.text("select current_database()");
    database.execute("alter database " + name + " set synchronous_commit = off");
    try {
      ServerProcess strict = start("DURABILITY", "strict");
      ServerProcess.await("held", PATIENCE, () -> strict.get("/readyz").body().contains("55000"));
      assertThat(files()).isNotEmpty();
      strict.kill();
    } finally {
      database.execute("alter database " + name + " reset synchronous_commit");
    }
    assertThat(start().awaitReady().feed().hello("STRICT").getLong("next_seq")).isEqualTo(6);
    assertStored("STRICT", 5);
  }

  // Experiment 21.

  @Test
  void aFullSpoolHoldsFeedsBackAndDropsNothing() {
    checkFull("FULL", start("SPOOL_BYTES", "1048576", "BUDGET_BYTES", "1048576"));
  }

  /** Sends more than there is room for, and checks that all of it is stored in the end. */
  private void checkFull(String stream, ServerProcess server) {
    server.awaitReady();
    try (IngestSocket feed = server.feed(stream)) {
      proxy.away();
      long seq = 0;
      long spooled = 0;
      boolean busy = false;
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!busy || spooled == 0 || !server.get("/readyz").body().contains("spool_full")) {
        for (; seq - spooled < 60; seq++) {
          feed.say(Messages.trades(seq + 1, stream, wide(seq + 1)));
        }
        assertThat(System.nanoTime()).as("full in time").isLessThan(end);
        JsonObject heard = feed.poll(Duration.ofMillis(200));
        if (heard != null) {
          busy |= heard.getString("t").equals("busy");
          spooled = heard.getLong("spooled", spooled);
        }
      }
      assertThat(spooled).isPositive().isLessThan(seq);
      proxy.back();
      // It may be told once more to wait before that.
      long committed = 0;
      while (committed < seq) {
        JsonObject heard = feed.poll(PATIENCE);
        assertThat(heard).as("of %s messages, %s committed", seq, committed).isNotNull();
        committed = heard.getLong("committed", committed);
      }
      assertThat(
              database.number(
                  "select count(*) from market.trades join market.instruments on id = instrument_id"
                      + " where symbol = '"
                      + stream
                      + "'"))
          .isEqualTo(WIDE * seq);
    }
    server.awaitReady();
  }

  private static List<JsonObject> wide(long seq) {
    return LongStream.range(0, WIDE)
        .mapToObj(i -> trade(HOUR_AGO + i, seq, 1, seq * WIDE + i))
        .toList();
  }

  @Test
  void aFullDiskHoldsFeedsBackAndDropsNothing() throws Exception {
    List<String> onSmallDisk =
        List.of(
            "unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=2m none \"$0\" && exec \"$@\"");
    assumeThat(works("unshare", "-rm", "mount", "-t", "tmpfs", "none", spool.toString()))
        .as("the system lets anybody mount in a name space of his own")
        .isTrue();
    List<String> command =
        Stream.concat(onSmallDisk.stream(), Stream.of(spool.toString())).toList();
    checkFull("DISK", startUnder(command, "SPOOL_BYTES", "2100000", "BUDGET_BYTES", "1048576"));
  }

  private static boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException notInstalled) {
      return false;
    }
  }

  // Experiment 20.

  @Test
  void aFailedFsyncIsNotAckedAndNotTriedAgainOnItsFile() throws Exception {
    Path calls = spool.resolveSibling("calls");
    String trace = calls.toString();
    assumeThat(works("strace", "-f", "-o", trace, "true")).as("strace may trace here").isTrue();
    List<String> command =
        List.of(
            "strace",
            "-f",
            "-y",
            "-qq",
            "--seccomp-bpf",
            "-o",
            trace,
            "-e",
            "trace=fdatasync",
            "-e",
            "signal=none",
            "-e",
            "inject=fdatasync:error=EIO:when=3");
    ServerProcess server = startUnder(command, "INGEST_LANES", "1").awaitReady();
    try (IngestSocket feed = server.feed("EIO")) {
      proxy.away();
      for (long seq = 1; seq <= 6; seq++) {
        say(feed, "EIO", seq, seq);
        awaitSpooled(feed, seq);
      }
      proxy.back();
      feed.ackOf(6);
    }
    assertStored("EIO", 6);
    List<String> synced = Files.readAllLines(calls);
    String failed = synced.stream().filter(call -> call.contains("EIO")).findFirst().orElseThrow();
    assertThat(failed).contains("-file1-");
    assertThat(synced.subList(synced.indexOf(failed) + 1, synced.size()))
        .isNotEmpty()
        .allSatisfy(call -> assertThat(call).contains("-file2-"));
  }

  // Experiment 23.

  @Test
  void damageIsSetAsideLoudlyAndTheRestIsStored() throws Exception {
    ServerProcess before = start().awaitReady();
    try (IngestSocket feed = before.feed("DAMAGED");
        IngestSocket whole = before.feed("WHOLE")) {
      proxy.away();
      for (long seq = 1; seq <= 5; seq++) {
        say(feed, "DAMAGED", seq, seq);
        awaitSpooled(feed, seq);
        say(whole, "WHOLE", seq, seq);
        awaitSpooled(whole, seq);
      }
    }
    before.kill();
    Path file = spool.resolve(files().stream().filter(this::isOfDamaged).findFirst().orElseThrow());
    byte[] bytes = Files.readAllBytes(file);
    int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("DAMAGED", bytes.length / 3);
    bytes[name + 20] ^= 4;
    Files.write(file, bytes);
    proxy.back();
    ServerProcess server = start();
    assertThat(server.feed().hello("WHOLE").getLong("next_seq")).isEqualTo(6);
    assertStored("WHOLE", 5);
    long next = server.feed().hello("DAMAGED").getLong("next_seq");
    assertThat(next).isBetween(1L, 5L);
    assertThat(server.get("/readyz").body()).contains("\"status\":\"ok\"", "spool_damaged");
    assertThat(spool.resolve("quarantine")).isNotEmptyDirectory();
    assertThat(server.output().stream().filter(line -> line.contains("quarantine/"))).hasSize(1);
    try (IngestSocket feed = server.feed("DAMAGED")) {
      say(feed, "DAMAGED", next, 7);
      feed.ackOf(7);
    }
    assertStored("DAMAGED", 7);
  }

  private boolean isOfDamaged(String name) {
    try {
      return Files.readString(spool.resolve(name), StandardCharsets.ISO_8859_1).contains("DAMAGED");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Experiment 26.

  @Test
  void aSecondServerOnTheDirectoryEndsWithTwoAndNamesTheFirst() {
    ServerProcess server = start();
    assertThatThrownBy(() -> start())
        .hasMessageContaining("ended with 2: ")
        .hasMessageContaining(
            "candlewick: CANDLEWICK_SPOOL_DIR %s is in use by process %d"
                .formatted(spool, server.pid()));
    server.awaitReady();
  }
}
