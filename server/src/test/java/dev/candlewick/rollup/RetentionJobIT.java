package dev.candlewick.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Retention;
import dev.candlewick.server.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits for the roll-up, and what retention may drop meanwhile. */
class RetentionJobIT {
  static final Retention WEEK =
      new Retention(
          Duration.ofDays(7),
          Duration.ofDays(7),
          Collections.nCopies(Retention.LEVELS.size(), Retention.FOR_EVER));

  private final TestDatabase database = TestDatabase.shared();

  @BeforeEach
  void trades() {
    twentyDays(database);
  }

  /** A trade a day, and nothing else. */
  static void twentyDays(TestDatabase database) {
    database.clear();
    database.execute(
        "insert into market.trades select 1, now() - day * interval '1 day', 1, 5, 1, 0, 0 from"
            + " generate_series(1, 20) day");
  }

  @AfterEach
  void clear() {
    database.clear();
  }

  @Test
  void whatWaitsIsNotDropped() throws SQLException {
    mark(12);
    assertThat(oldestAfterRetention()).isIn(12L, 13L);
  }

  /** As of candles that are being loaded: it may take days until all of them are rolled up. */
  @Test
  void whatWaitsOfYearsAgoHoldsNothingBack() throws SQLException {
    mark(700);
    assertThat(oldestAfterRetention()).isEqualTo(7);
  }

  @Test
  void whatIsThereFromBeforeALongerRetentionIsHeld() throws SQLException {
    database.execute(
        "insert into market.candles_1m (instrument_id, ts, open, high, low, close, volume, source)"
            + " values (1, now() - interval '20 days', 1, 1, 1, 1, 1, 2);"
            + " insert into ingest.dropped (relation, before, level)"
            + " values ('market.candles_1m', now() - interval '7 days', 60)");
    run();
    assertThat(heldDays()).isGreaterThanOrEqualTo(20);
  }

  private long heldDays() {
    return database.number(
        "select extract(epoch from now() - coalesce(held_from, before))::int8 / 86400"
            + " from ingest.dropped where level = 60");
  }

  private void mark(int day) {
    database.execute(
        "insert into ingest.dirty (level, bucket, ids, minutes) values (60, date_trunc('day', now()"
            + " at time zone 'UTC') at time zone 'UTC' - %d * interval '1 day', array[1], decode('ff', 'hex'))"
                .formatted(day));
  }

  /** In days, of a chunk's start. */
  private long oldestAfterRetention() throws SQLException {
    run();
    return database.number(
        "select extract(day from date_trunc('day', now() at time zone 'UTC') -"
            + " min(date_trunc('day', ts at time zone 'UTC')))::int8 from market.trades");
  }

  private void run() throws SQLException {
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      RetentionJob.run(connection, WEEK);
      connection.commit();
    }
  }
}
