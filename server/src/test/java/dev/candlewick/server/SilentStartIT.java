package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The line to the database goes silent while a server starts. */
class SilentStartIT {
  private static final Duration IN_TIME = Duration.ofSeconds(50);

  /** All at once, since each waits for its deadline: what is asked first, then the migrations. */
  @Test
  void aStartGoesOnWhereverItWasCut() {
    TestDatabase database = TestDatabase.empty();
    ServerProcess.on(database).close();
    IntStream.of(16, 60)
        .mapToObj(frame -> CompletableFuture.runAsync(() -> start(database, frame)))
        .toList()
        .forEach(CompletableFuture::join);
  }

  private static void start(TestDatabase database, int frame) {
    try (DatabaseProxy proxy = new DatabaseProxy(database.url())) {
      proxy.silenceAt(new DatabaseProxy.Silence(false, DatabaseProxy.Silence.ANY), frame);
      try (ServerProcess server = ServerProcess.start(proxy.url())) {
        ServerProcess.await("ready", IN_TIME, () -> server.get("/readyz").statusCode() == 200);
        assertThat(proxy.hits()).isEqualTo(1);
      }
    }
  }

  /** It holds the lock of migrations, as one that is frozen does. */
  @Test
  void aMigratorThatIsSilentIsFollowed() throws SQLException {
    DatabaseUrl url = DatabaseUrl.parse(TestDatabase.empty().url());
    Properties migrator = url.properties();
    try (Connection silent = DriverManager.getConnection(url.jdbcUrl(), migrator);
        Statement statement = silent.createStatement()) {
      silent.setAutoCommit(false);
      statement.execute("create schema ingest");
      statement.execute(
          "select pg_advisory_xact_lock(77431708279161 + %d)"
              .formatted("\"ingest\".\"schema_history\"".hashCode()));
      try (ServerProcess server = ServerProcess.start(url.withPassword())) {
        ServerProcess.await("ready", IN_TIME, () -> server.get("/readyz").statusCode() == 200);
        assertThat(server.hasSaid("went silent while it migrated")).isTrue();
      }
    }
  }
}
