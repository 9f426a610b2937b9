package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of a database under a live feed, and what becomes of the feed after it is restored. */
class BackupIT {
  private static final long NOW = System.currentTimeMillis() / 60_000 * 60_000;

  private static String programs = "";

  @TempDir Path folder;

  /** Of the server's major version: on the path, or where the script sql/timescaledb unpacks. */
  @BeforeAll
  static void findPrograms() throws IOException, InterruptedException {
    String major =
        TestDatabase.shared().text("select current_setting('server_version_num')::int / 10000");
    Path unpacked =
        Path.of("/var/cache/candlewick/postgresql-" + major + "-amd64/usr/lib/postgresql")
            .resolve(major)
            .resolve("bin");
    for (String place : List.of("", unpacked.toString(), "/usr/lib/postgresql/" + major + "/bin")) {
      try {
        Process asked =
            new ProcessBuilder(
                    place.isEmpty() ? "pg_dump" : Path.of(place, "pg_dump").toString(), "--version")
                .start();
        String version = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (asked.waitFor() == 0 && version.contains(") " + major + ".")) {
          programs = place;
          return;
        }
      } catch (IOException e) {
        // Not there: the next place.
      }
    }
    assumeTrue(false, "no pg_dump of PostgreSQL " + major);
  }

  private static String trade(long id) {
    return "{\"ts\":%d,\"price\":1.5,\"size\":2,\"id\":%d}".formatted(NOW - 60_000 + id, id);
  }

  private static String message(long seq) {
    return "{\"t\":\"trades\",\"seq\":%d,\"venue\":\"v\",\"symbol\":\"S\",\"rows\":[%s]}"
        .formatted(seq, trade(seq));
  }

  @Test
  void saysWhatToDoWhereTheProgramsAreOlderThanTheServer() throws Exception {
    Path old = Files.createDirectory(folder.resolve("old"));
    Path program = old.resolve("pg_dump");
    // What PostgreSQL 15's says to a server of 17.
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo 'pg_dump: error: aborting because of server version mismatch' >&2
        echo 'pg_dump: detail: server version: 17.9; pg_dump version: 15.14' >&2
        exit 1
        """);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Backup backup = new Backup(DatabaseUrl.parse(TestDatabase.shared().url()), old.toString());
    assertThatThrownBy(() -> backup.make(folder.resolve("backup")))
        .hasMessageContaining("pg_dump is older than the server")
        .hasMessageContaining("--programs");
  }

  @Test
  void restoresAnOlderBackupAndTheFeedIsToldWhereToGoOn() throws Exception {
    TestDatabase database = TestDatabase.empty();
    Path made = folder.resolve("backup");
    long epoch;
    try (ServerProcess server = ServerProcess.on(database)) {
      IngestSocket feed = server.feed("feed");
      feed.say(message(1));
      feed.say(message(2));
      feed.ackOf(2);
      assertThat(new Backup(DatabaseUrl.parse(database.url()), programs).make(made)).isPositive();
      feed.say(message(3));
      feed.ackOf(3);
      epoch = database.number("select epoch from ingest.streams where stream = 'feed'");
    }
    TestDatabase restored = TestDatabase.empty();
    long rows = new Backup(DatabaseUrl.parse(restored.url()), programs).restore(made);

    assertThat(rows).isPositive();
    assertThat(restored.number("select count(*) from market.trades")).isEqualTo(2);
    assertThat(restored.number("select epoch from ingest.streams where stream = 'feed'"))
        .isGreaterThan(epoch);
    try (ServerProcess server = ServerProcess.on(restored)) {
      IngestSocket feed = server.feed();
      assertThat(feed.hello("feed").getLong("next_seq")).isEqualTo(3);
      feed.say(message(3));
      feed.ackOf(3);
      assertThat(server.json("/v1/trades?venue=v&symbol=S").getJsonArray("trades")).hasSize(3);
    }
  }

  @Test
  void aFeedThatStaysConnectedThroughARestoreIsToldToGoBack() throws Exception {
    TestDatabase database = TestDatabase.empty();
    Path made = folder.resolve("backup");
    Backup backup = new Backup(DatabaseUrl.parse(database.url()), programs);
    try (ServerProcess server = ServerProcess.on(database)) {
      IngestSocket feed = server.feed("feed");
      feed.say(message(1));
      feed.ackOf(1);
      backup.make(made);
      feed.say(message(2));
      feed.ackOf(2);
      URI url = URI.create(database.url());
      String name = url.getPath().substring(1);
      TestDatabase.at(url.resolve("/postgres")).execute("drop database " + name + " with (force)");
      backup.restore(made);

      feed.say(message(3));

      JsonObject said = feed.next();
      while (!said.getString("t").equals("error")) {
        said = feed.next();
      }
      assertThat(said.getString("code")).isEqualTo("rewound");
      assertThat(said.getLong("next_seq")).isEqualTo(2);
      server.awaitReady();
      IngestSocket again = server.feed();
      assertThat(again.hello("feed").getLong("next_seq")).isEqualTo(2);
      again.say(message(2));
      again.say(message(3));
      again.ackOf(3);
      assertThat(database.number("select count(*) from market.trades")).isEqualTo(3);
    }
  }

  @Test
  void restoresNothingThatIsNotWhole() throws Exception {
    TestDatabase database = TestDatabase.empty();
    new Migrator(DatabaseUrl.parse(database.url())).migrate();
    Backup backup = new Backup(DatabaseUrl.parse(database.url()), programs);
    Path made = folder.resolve("backup");
    backup.make(made);
    assertThatThrownBy(() -> backup.make(made)).hasMessageContaining("is there already");
    assertThatThrownBy(() -> backup.restore(made)).hasMessageContaining("is not empty");

    TestDatabase target = TestDatabase.empty();
    Backup into = new Backup(DatabaseUrl.parse(target.url()), programs);
    Path manifest = made.resolve("backup.properties");
    String said = Files.readString(manifest);
    Files.writeString(manifest, said.replace("rows.market.trades=0", "rows.market.trades=7"));
    assertThatThrownBy(() -> into.restore(made))
        .hasMessageContaining("differs: market.trades has 0 rows, not 7");
    assertThat(target.number("select count(*) from pg_namespace where nspname = 'market'"))
        .isZero();

    // What a killed restore leaves behind does not hinder the next.
    Files.writeString(manifest, said);
    into.restore(made);
    assertThat(target.number("select count(*) from market.trades")).isZero();

    Files.write(made.resolve("candlewick.dump"), new byte[] {0}, StandardOpenOption.APPEND);
    assertThatThrownBy(() -> into.restore(made)).hasMessageContaining("is damaged");
  }
}
