package dev.candlewick.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.server.DatabaseProxy;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever goes wrong: nothing is lost, nothing is written twice. */
class ArchiveFaultsIT extends ArchivedRows {
  /** Ten seconds, and what a machine at work may take beside them. */
  private static final Duration MOVED = Duration.ofSeconds(20);

  private static final String SLEEPS =
      "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname ="
          + " current_database()";

  private static final String LEADS =
      """
      select pid from pg_locks where locktype = 'advisory' and granted and objid = 740105
        and database = (select oid from pg_database where datname = current_database())
      """;

  @Test
  void aLateRowBecomesAnotherPartAndNothingIsWrittenTwice() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"), row(OLD.plusSeconds(1), 1, "1", ""));
    rollUp();
    offer("market.trades", 7);
    // Written, but not dropped: a mark waits. So it is too after a crash between the two.
    DATABASE.execute(
        "insert into ingest.dirty (level, bucket, ids) values (999, '%s', '{1}')".formatted(OLD));
    assertThat(archive().run()).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(2);
    assertThat(ask("select count(*) from " + files("trades"))).containsExactly("2");

    post("trades", "S", row(OLD.plusSeconds(2), 1, "1", "2"));
    DATABASE.execute("delete from ingest.dirty where level = 999");
    rollUp();
    assertThat(archive().run()).as("%s", told).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    post("trades", "S", row(OLD.plusSeconds(2), 1, "1", "2"), row(OLD, 9, "1", "3"));
    rollUp();
    assertThat(archive().run()).as("%s", told).isTrue();

    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(
            ask(
                "select concat_ws(' ', price, id, file_name) from (select *,"
                    + " parse_filename(filename) as file_name from "
                    + files("trades").replace("hive_types", "filename = true, hive_types")
                    + ") order by file_name, ts"))
        .containsExactly(
            "1.0 1 part-0.parquet",
            "1.0 part-0.parquet",
            "1.0 2 part-1.parquet",
            "9.0 3 part-2.parquet");
  }

  @Test
  void whatCannotBeReadBackIsHeldAndSaid() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);
    Path part = folder.resolve("trades/venue=v/symbol=S/date=" + DAY + "/part-0.parquet");
    Files.createDirectories(part.getParent());
    Files.writeString(part, "PAR1 is not all of it");

    assertThat(archive().run()).isFalse();

    assertThat(told).singleElement().asString().contains("market.trades is held");
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
    assertThat(DATABASE.text("select failure from ingest.archive where failed_since is not null"))
        .contains("part-0.parquet");
    Files.delete(part);
    assertThat(archive().run()).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(
            DATABASE.number(
                "select count(*) from ingest.archive where failed_since is null and rows = 1"))
        .isEqualTo(1);
  }

  @Test
  void rowsThatCameWhileOthersWereWrittenKeepTheChunk() {
    post("trades", "S", row(OLD, 1, "1", "1"));
    offer("market.trades", 7);
    String digest =
        "select digest from ingest.row_digest('market.trades', '%1$s', timestamptz '%1$s' + interval '1 day')"
            .formatted(OLD);
    String drop =
        "select ingest.drop_archived('market.trades', '%1$s', timestamptz '%1$s' + interval '1"
            + " day', %2$d, %3$s)";
    String before = DATABASE.text(digest);
    DATABASE.execute("update market.trades set price = 2");
    assertThat(DATABASE.text(drop.formatted(OLD, 1, before))).isEqualTo("changed");
    assertThat(DATABASE.text(drop.formatted(OLD, 2, DATABASE.text(digest)))).isEqualTo("changed");
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
  }

  @Test
  void aSecondOneLeavesItToTheFirst() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);
    try (Connection other = DATABASE.connect();
        Statement statement = other.createStatement()) {
      statement.execute("select pg_advisory_lock(740105)");
      assertThat(archive().run()).isTrue();
      assertThat(told).containsExactly("another process is archiving");
    }
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
  }

  @Test
  void aFolderOfAnotherDatabaseIsLeftAlone() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);
    Path owner = folder.resolve(".database");
    Files.writeString(owner, "5b3c1c9e-0000-4000-8000-000000000000");

    assertThat(archive().run()).isFalse();
    assertThat(told).singleElement().asString().contains("is the archive of another database");
    assertThat(DATABASE.text("select failure from ingest.archive where failed_since is not null"))
        .contains("5b3c1c9e");
    assertThatThrownBy(() -> RunningServer.with(Map.of("ARCHIVE_DIR", folder.toString())))
        .hasStackTraceContaining("CANDLEWICK_ARCHIVE_DIR: ")
        .hasStackTraceContaining("Give each database a folder of its own");

    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
    assertThat(files()).isZero();
    Files.delete(owner);
    assertThat(archive().run()).as("%s", told).isTrue();
    assertThat(Files.readString(owner).strip())
        .isEqualTo(DATABASE.text("select id::text from ingest.identity"));
  }

  @Test
  void aFolderThatIsNotMountedIsNotTakenForAnEmptyOne() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);
    assertThat(archive().run()).isTrue();
    post("trades", "S", row(OLD, 1, "1", "2"));
    rollUp();
    Path away = folder.resolveSibling(folder.getFileName() + ".away");
    Files.move(folder, away);
    Files.createDirectory(folder);

    assertThat(archive().run()).isFalse();
    assertThat(told).last().asString().contains("is it mounted?");
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
    try (Stream<Path> written = Files.list(folder)) {
      assertThat(written).isEmpty();
    }

    Files.delete(folder);
    Files.move(away, folder);
    assertThat(archive().run()).isTrue();
    assertThat(ask("select count(*) from " + files("trades"))).containsExactly("2");
    assertThat(
            DATABASE.number("select count(*) from ingest.archive where failed_since is not null"))
        .isZero();
  }

  @Test
  void killedAnywhereItLosesNothingAndWritesNothingTwice() throws Exception {
    for (int i = 0; i < 30; i++) {
      post("trades", "S" + i, row(OLD, 1, "1", "1"), row(OLD.plusSeconds(1), 1, "1", ""));
    }
    rollUp();
    offer("market.trades", 7);
    for (int files : new int[] {1, 15}) {
      Process process = process("exec \"$@\"");
      while (process.isAlive() && files() < files) {
        Thread.sleep(5);
      }
      process.destroyForcibly().waitFor();
    }
    assertThat(process("exec \"$@\"").waitFor()).isZero();

    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(
            ask(
                "select count(*) || ' ' || count(distinct symbol || row_id) from "
                    + files("trades")))
        .containsExactly("60 60");
  }

  /** Its reading session may wait for long, so it is the leading one that notices. */
  @Test
  void aLineThatGoesSilentEndsItAndTheNextOneGoesOn() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"), row(OLD.plusSeconds(1), 1, "1", ""));
    rollUp();
    offer("market.trades", 7);
    try (DatabaseProxy proxy = new DatabaseProxy(DATABASE.url())) {
      proxy.silenceAt(new DatabaseProxy.Silence(false, 'd'), 1);
      Archive cut = new Archive(jdbcUrl(proxy.url()), new Properties(), folder, said -> {});
      CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(() -> run(cut));
      ServerProcess.await("a row that never comes", MOVED, () -> proxy.hits() == 1);
      proxy.silent(true);
      assertThat(done).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(false);
    }
    assertThat(archive().run()).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(ask("select count(*) from " + files("trades"))).containsExactly("2");
  }

  private static boolean run(Archive archive) {
    try {
      return archive.run();
    } catch (IOException e) {
      return false;
    }
  }

  /** What drops trades stops, having dropped them, before it commits. */
  private static final String GATE =
      """
      create table public.archive_gate as select 1 as closed;
      create function public.wait_at_gate() returns trigger language plpgsql as $$
      begin
        while exists (select from public.archive_gate) loop perform pg_sleep(0.02); end loop;
        return null;
      end $$;
      create trigger wait_at_gate after update on ingest.dropped
        for each row when (new.relation = 'market.trades') execute function public.wait_at_gate()
      """;

  @Test
  void frozenItIsFollowedWithinSecondsAndWhenItWakesItWritesAndDropsNothing() throws Exception {
    String[] old = {row(OLD, 1, "1", "1"), row(OLD.plusSeconds(1), 1, "1", "")};
    for (int i = 0; i < 6; i++) {
      post("trades", "S" + i, old);
    }
    rollUp();
    offer("market.trades", 7);
    DATABASE.execute(GATE);
    Process first = process("exec \"$@\"");
    Process second = null;
    try {
      ServerProcess.await("files", MOVED, () -> files() >= 2);
      signal("STOP", first);
      // As the database does after six seconds, which the second one shows.
      DATABASE.execute("select pg_terminate_backend(pid, 5000) from (" + LEADS + ") leads");
      second = process("exec \"$@\"");
      ServerProcess.await("a second that drops", MOVED, () -> !DATABASE.text(SLEEPS).equals("0"));
      signal("STOP", second);
      DATABASE.execute("delete from public.archive_gate");
      ServerProcess.await("a third that has dropped", MOVED, this::hasDropped);
      post("trades", "S0", old);
      rollUp();
    } finally {
      DATABASE.execute("drop function public.wait_at_gate cascade; drop table public.archive_gate");
      signal("CONT", first);
      if (second != null) {
        signal("CONT", second);
      }
    }
    assertThat(first.waitFor()).isEqualTo(1);
    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(2);
    assertThat(
            ask(
                "select count(*) || ' ' || count(distinct symbol || row_id) from "
                    + files("trades")))
        .containsExactly("12 12");
    assertThat(archive().run()).as("%s", told).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
  }

  private boolean hasDropped() {
    try {
      return archive().run() && DATABASE.number("select count(*) from market.trades") == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void signal(String name, Process process) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  @Test
  void onAFullDiskTheRowsStayWhereTheyAre() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);

    // A limit of a file's size stands for the end of the disk: the write fails in the same place.
    assertThat(process("ulimit -f 0; exec \"$@\"").waitFor()).isEqualTo(1);

    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
    assertThat(
            DATABASE.number("select count(*) from ingest.archive where failed_since is not null"))
        .isEqualTo(1);
    assertThat(process("exec \"$@\"").waitFor()).isZero();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(ask("select count(*) from " + files("trades"))).containsExactly("1");
  }

  /** The command, as what the shell's words say. */
  private Process process(String words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "-c",
                words,
                "archive",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("candlewick.jar", "target/candlewick.jar"),
                "archive")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolveSibling(folder.getFileName() + ".log").toFile());
    builder.environment().put("CANDLEWICK_DB_URL", DATABASE.url());
    builder.environment().put("CANDLEWICK_ARCHIVE_DIR", folder.toString());
    return builder.start();
  }
}
