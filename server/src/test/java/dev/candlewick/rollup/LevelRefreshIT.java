package dev.candlewick.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.candlewick.rollup.LevelRefresh.Outcome;
import dev.candlewick.server.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance that stands still between reading marks and refreshing what they say. */
class LevelRefreshIT {
  private static final String MARK =
      "insert into ingest.dirty (level, bucket, ids) values (300, '%s', '{1}')";

  private final TestDatabase database = TestDatabase.shared();

  @AfterEach
  void clear() {
    database.clear();
  }

  @Test
  void aMarkThatTookThePlaceOfOneThatWasReadStays() throws SQLException {
    assumeThat(database.text("select edition from ingest.edition")).isEqualTo("community");
    database.clear();
    database.execute("vacuum ingest.dirty");
    database.execute(MARK.formatted("2026-01-05T00:00:00Z"));
    String place = place();
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      assertThat(LevelRefresh.refreshMarked(slow(connection))).isEqualTo(Outcome.ALL_DONE);
      assertThat(place()).isEqualTo(place);
      assertThat(database.text("select bucket::date from ingest.dirty")).isEqualTo("2026-02-02");
      assertThat(LevelRefresh.refreshMarked(connection)).isEqualTo(Outcome.ALL_DONE);
      assertThat(database.number("select count(*) from ingest.dirty")).isZero();
    }
  }

  private String place() {
    return database.text("select ctid from ingest.dirty where level = 300");
  }

  /** Before it refreshes, another instance has done so, and a late trade has come. */
  private Connection slow(Connection connection) {
    AtomicBoolean stood = new AtomicBoolean();
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (any, method, arguments) -> {
              if (method.getName().equals("setAutoCommit") && !stood.getAndSet(true)) {
                database.execute("delete from ingest.dirty");
                database.execute("vacuum ingest.dirty");
                database.execute(MARK.formatted("2026-02-02T00:00:00Z"));
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
