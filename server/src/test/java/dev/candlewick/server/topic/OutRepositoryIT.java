package dev.candlewick.server.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.RowKeys;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.lead.Lead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publisher that was away: what it reads at once is bounded, and nothing is left out. */
class OutRepositoryIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final String TOPIC = "candles";

  /** Of 2026-01-01T00:00:00Z. */
  private static final long FIRST_MINUTE = 29_453_760;

  private final Vertx vertx = Vertx.vertx();
  private final Pool pool = DATABASE.pool(vertx);
  private Lead<OutRepository> lead;
  private int minute;

  @BeforeEach
  void leads() throws Exception {
    DATABASE.clear();
    DATABASE.execute("delete from ingest.changes");
    lead = await(OutRepository.lead(vertx, pool).lead(() -> {}));
    assertThat(lead).isNotNull();
  }

  @AfterEach
  void end() throws Exception {
    lead.release().run();
    await(pool.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> answer)
      throws ExecutionException, InterruptedException, TimeoutException {
    return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private int begin() throws Exception {
    int parts = 1;
    while (!await(lead.work().begin(TOPIC))) {
      parts++;
    }
    return parts;
  }

  /** How many minutes were found by each part that was read. */
  private List<Long> look() throws Exception {
    List<Long> found = new ArrayList<>();
    boolean more = true;
    while (more) {
      long before = minutes();
      more = await(lead.work().look());
      found.add(minutes() - before);
    }
    return found;
  }

  private static long minutes() {
    return DATABASE.number(
        "select count(*) from ingest.candles_out where timeframe = 60 and instrument_id = 7");
  }

  private static long sum(List<Long> parts) {
    return parts.stream().mapToLong(Long::longValue).sum();
  }

  /** Entries of a minute each, which no other has, and so many keys. */
  private void write(Connection connection, int entries, int keys) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into ingest.changes (ids, kinds, keys) values ('{7}', '{1}', array[?])")) {
      for (int i = 0; i < entries; i++) {
        RowKeys packed = new RowKeys();
        for (int key = 0; key < keys; key++) {
          packed.add((FIRST_MINUTE + minute) * 60_000_000L, Long.MAX_VALUE * (key % 2));
        }
        minute++;
        insert.setBytes(1, packed.packed());
        insert.executeUpdate();
      }
    }
  }

  @Test
  void readsAJournalOfAnySizeInPartsAndLeavesNothingOut() throws Exception {
    begin();
    assertThat(look()).containsExactly(0L);
    try (Connection open = DATABASE.connect();
        Connection other = DATABASE.connect()) {
      open.setAutoCommit(false);
      write(other, 700, 1);
      write(open, 3, 1);
      write(other, 1_800, 1);
      assertThat(look())
          .as("in parts of 1,000 entries, without what is not committed")
          .containsExactly(1_000L, 1_000L, 500L);
      // Of 100 KB each.
      write(other, 10, 10_000);
      write(open, 1, 1);
      open.commit();
      List<Long> found = look();
      assertThat(sum(found)).isEqualTo(14);
      assertThat(found).as("256 KB, and what passes it").hasSizeGreaterThan(3);
      assertThat(found).allMatch(part -> part <= 7);
      other.setAutoCommit(false);
      write(other, 1_500, 1);
      other.commit();
      write(other, 1, 1);
      other.commit();
      assertThat(look()).as("a transaction is in one part").containsExactly(1_500L, 1L);
    }
  }

  @Test
  void considersTheCandlesOfManyInstrumentsInPartsOnceTheJournalIsTooOld() throws Exception {
    DATABASE.execute(
        """
        insert into market.instruments (venue, symbol) select 'v', 'S' || n from generate_series(1, 120) n
        """);
    assertThat(begin()).as("nothing held, 50, 100, 120, the end").isEqualTo(6);
    assertThat(DATABASE.number("select count(distinct instrument_id) from ingest.candles_out"))
        .isEqualTo(120);
    assertThat(begin()).isEqualTo(1);
    DATABASE.execute(
        "delete from ingest.candles_out; update ingest.candle_topic set at = now() - interval '2"
            + " hours'");
    assertThat(begin()).isEqualTo(5);
    assertThat(
            DATABASE.number(
                """
                select count(*) from (
                  select instrument_id from ingest.candles_out where timeframe = 60
                  group by 1 having count(*) between 120 and 122) as whole
                """))
        .isEqualTo(120);
  }
}
