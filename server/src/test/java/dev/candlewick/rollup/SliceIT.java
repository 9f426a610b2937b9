package dev.candlewick.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.candlewick.server.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slice of what was loaded late: which chunks it touches, and what is left of the marks. */
class SliceIT {
  private static final int DAYS = 120;
  private static final long DAY = 86_400;
  private static final long FIRST = 15_000 * DAY;

  /** Beyond every mark; epoch seconds. */
  private static final long END = FIRST + 1_000 * DAY;

  private final TestDatabase database = TestDatabase.shared();
  private Connection connection;

  @BeforeEach
  void trades() throws SQLException {
    database.clear();
    database.execute(
        "insert into market.trades select 1, to_timestamp(%d + day * 86400 + minute * 60), minute, 5, 1, 0, 0 from generate_series(0, %d) day cross join generate_series(0, 9) minute"
            .formatted(FIRST, DAYS - 1));
    connection = database.connect();
    connection.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    database.clear();
  }

  @Test
  void touchesNoChunkOfTradesButThatOfItsDay() throws Exception {
    Run run = new Run(1, FIRST + 50 * DAY, FIRST + 50 * DAY + 600);
    assertThat(chunks(MinuteRollUp.FROM_TRADES, run, "market.trades")).hasSize(1);
    // Seen to be all there is when nothing bounds it.
    assertThat(chunks(MinuteRollUp.FROM_TRADES, new Run(1, 0, END), "market.trades")).hasSize(DAYS);
  }

  @Test
  void touchesNoChunkOfMinutesButThatOfItsBuckets() throws Exception {
    // On the other edition these are continuous aggregates.
    assumeThat(database.text("select edition from ingest.edition")).isEqualTo("apache");
    database.execute(
        "insert into market.candles_1m select 1, to_timestamp(%d + week * 604800), 5, 5, 5, 5, 1, 1, 1, 1, 1 from generate_series(0, 16) week"
            .formatted(FIRST));
    Run run = new Run(1, FIRST + 49 * DAY, FIRST + 49 * DAY + 300);
    assertThat(chunks(LevelRollUp.upsert(300), run, "market.candles_1m")).hasSize(1);
    assertThat(chunks(LevelRollUp.upsert(300), new Run(1, 0, END), "market.candles_1m"))
        .hasSizeGreaterThan(15);
  }

  @Test
  void takesTheNewestFirstAndLosesNothingWhenPutOff() throws Exception {
    DayMarks marks = new DayMarks();
    for (int day = 0; day < 3; day++) {
      for (int minute = 0; minute < 10; minute++) {
        marks.add(60, 1, FIRST + day * DAY + minute * 60);
      }
    }
    marks.write(connection);
    connection.commit();

    DirtyMinutes putOff = DirtyMinutes.takeDays(connection, 15, END);
    assertThat(putOff.traded()).hasSize(15).allMatch(pair -> pair.minute() >= FIRST + DAY);
    assertThat(putOff.traded().stream().filter(pair -> pair.minute() >= FIRST + 2 * DAY))
        .hasSize(10);
    assertThat(putOff.more()).isTrue();
    assertThat(waiting()).isEqualTo(15);
    connection.rollback();
    assertThat(waiting()).isEqualTo(30);

    int taken = 0;
    DirtyMinutes slice;
    do {
      slice = DirtyMinutes.takeDays(connection, 4, END);
      connection.commit();
      taken += slice.count();
      assertThat(waiting()).isEqualTo(30 - taken);
    } while (slice.more());
    assertThat(taken).isEqualTo(30);
  }

  @Test
  void marksThatWaitedUntilTheyAreLateBecomeMarksOfDays() throws Exception {
    database.execute(
        "insert into ingest.dirty (level, bucket, ids) select 60, to_timestamp(%d + i * 60), array[1, 2] from generate_series(0, 1500) i"
            .formatted(FIRST));
    DayMarks.moveLate(connection);
    connection.commit();
    assertThat(database.number("select count(*) from ingest.dirty where minutes is null")).isZero();
    assertThat(database.number("select count(*) from ingest.dirty")).isEqualTo(4);
    assertThat(waiting()).isEqualTo(2 * 1_501);
  }

  @Test
  void looksOnceWhereNothingIsStoredYet() throws Exception {
    database.execute(
        "insert into market.candles_1m select 2, to_timestamp(%d), 5, 5, 5, 5, 1, 1, 1, 1, 1"
            .formatted(FIRST + 120));
    List<Run> runs =
        List.of(
            new Run(1, FIRST, FIRST + 60),
            new Run(1, FIRST + 300, FIRST + 420),
            new Run(2, FIRST + 60, FIRST + 120),
            new Run(2, FIRST + 180, FIRST + 240),
            new Run(3, FIRST, FIRST + 60));
    assertThat(Run.joined(connection, "1m", runs))
        .containsExactlyInAnyOrder(
            new Run(1, FIRST, FIRST + 420), runs.get(2), runs.get(3), runs.get(4));
  }

  private long waiting() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select coalesce(sum(bit_count(minutes)), 0) from ingest.dirty")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The chunks of a hypertable in the statement's plan for this run. */
  private TreeSet<String> chunks(String sql, Run run, String hypertable) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local plan_cache_mode = force_custom_plan");
    }
    StringBuilder plan = new StringBuilder();
    try (PreparedStatement explain = connection.prepareStatement("explain " + sql)) {
      Run.bind(explain, 1, List.of(run));
      try (ResultSet row = explain.executeQuery()) {
        while (row.next()) {
          plan.append(row.getString(1)).append('\n');
        }
      }
    }
    connection.rollback();
    long number =
        database.number(
            "select (regexp_match(chunk_name, '_hyper_(\\d+)_'))[1]::int8 from"
                + " timescaledb_information.chunks where format('%I.%I', hypertable_schema,"
                + " hypertable_name) = '"
                + hypertable
                + "' limit 1");
    TreeSet<String> chunks = new TreeSet<>();
    Matcher chunk = Pattern.compile("_hyper_" + number + "_\\d+_chunk\\b").matcher(plan);
    while (chunk.find()) {
      chunks.add(chunk.group());
    }
    return chunks;
  }
}
