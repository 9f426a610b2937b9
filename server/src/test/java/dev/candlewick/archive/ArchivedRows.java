package dev.candlewick.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.format.Engine;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server that keeps everything, rows in it past a retention, and a folder for an archive. */
abstract class ArchivedRows {
  static final TestDatabase DATABASE = TestDatabase.shared();
  static final Instant OLD = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(20, ChronoUnit.DAYS);
  static final LocalDate DAY = LocalDate.ofInstant(OLD, ZoneOffset.UTC);
  static RunningServer server;

  final List<String> told = new ArrayList<>();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  @AfterEach
  void clear() {
    DATABASE.clear();
  }

  long files() {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().contains("/date=") && Files.isRegularFile(file))
          .count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // One has gone meanwhile.
    }
  }

  Archive archive() {
    Properties login = new Properties();
    return new Archive(jdbcUrl(), login, folder, told::add);
  }

  static String jdbcUrl() {
    return jdbcUrl(DATABASE.url());
  }

  static String jdbcUrl(String database) {
    java.net.URI url = java.net.URI.create(database);
    String[] user = url.getUserInfo().split(":", 2);
    return "jdbc:postgresql://%s:%d%s?user=%s&password=%s"
        .formatted(url.getHost(), url.getPort(), url.getPath(), user[0], user[1]);
  }

  static String row(Instant ts, int price, String size, String id) {
    return "{\"ts\":%d,\"price\":%d,\"size\":%s,\"side\":\"buy\",\"flags\":[\"no_volume\"]%s}"
        .formatted(ts.toEpochMilli(), price, size, id.isEmpty() ? "" : ",\"id\":\"" + id + "\"");
  }

  static void post(String kind, String symbol, String... rows) {
    String body =
        "{\"venue\":\"v\",\"symbol\":\"%s\",\"rows\":[%s]}"
            .formatted(symbol, String.join(",", rows));
    assertThat(server.send("POST", "/v1/" + kind, body, "Content-Type", "application/json").body())
        .contains("\"ack\":\"committed\"");
  }

  /** Waits for the server's roll-up. */
  static void rollUp() throws InterruptedException {
    for (int i = 0;
        DATABASE.number(
                "select count(*) from ingest.dirty where bucket < now() - interval '1 hour'")
            > 0;
        i++) {
      assertThat(i).isLessThan(600);
      Thread.sleep(50);
    }
  }

  /** What retention does once a server is told to keep an archive. */
  static void offer(String relation, int days) {
    DATABASE.execute("insert into ingest.archiving default values on conflict do nothing");
    DATABASE.execute(
        "select ingest.drop_old_chunks('%s', interval '%d days')".formatted(relation, days));
  }

  String files(String kind) {
    return "read_parquet('%s/%s/**/*.parquet', hive_partitioning = true, hive_types = {'symbol': VARCHAR, 'date': DATE})"
        .formatted(folder, kind);
  }

  List<String> ask(String query) throws IOException, SQLException {
    List<String> answer = new ArrayList<>();
    try (Connection duckdb = Engine.duckdb(List.of(folder.resolve("any")));
        Statement statement = duckdb.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        answer.add(row.getString(1));
      }
    }
    return answer;
  }
}
