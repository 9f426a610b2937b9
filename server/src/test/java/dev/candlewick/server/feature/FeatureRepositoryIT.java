package dev.candlewick.server.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.RowKeys;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.feature.FeatureRepository.News;
import dev.candlewick.server.lead.Lead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Features that fell behind: what they read at once is bounded, and nothing is left out. */
class FeatureRepositoryIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();

  /** Of 2026-01-01T00:00:00Z. */
  private static final long FIRST = 1_767_225_600;

  private final Vertx vertx = Vertx.vertx();
  private final Pool pool = DATABASE.pool(vertx);
  private Lead<FeatureRepository> lead;
  private long minute;

  @BeforeEach
  void leads() throws Exception {
    DATABASE.clear();
    DATABASE.execute("delete from ingest.changes; delete from ingest.feature_position");
    lead = await(FeatureRepository.lead(vertx, pool).lead(() -> {}));
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

  private void write(int kind, int entries, int keys) throws SQLException {
    try (Connection connection = DATABASE.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into ingest.changes (ids, kinds, keys) values ('{7}', array[?::smallint],"
                    + " array[?])")) {
      for (int i = 0; i < entries; i++) {
        RowKeys packed = new RowKeys();
        for (int key = 0; key < keys; key++) {
          packed.add((FIRST + 60 * minute++) * 1_000_000, 0);
        }
        insert.setInt(1, kind);
        insert.setBytes(2, packed.packed());
        insert.executeUpdate();
      }
    }
  }

  /** How many times each reading found, and how many parts of the journal it read. */
  private List<String> read(Set<Long> times) throws Exception {
    List<String> found = new ArrayList<>();
    boolean more = true;
    while (more) {
      News news = await(lead.work().since(await(lead.work().position())));
      await(lead.work().savePosition(news));
      int size = news.changed().values().stream().mapToInt(TreeSet::size).sum();
      found.add(size + " in " + news.parts());
      news.changed().values().forEach(times::addAll);
      more = news.more();
    }
    return found;
  }

  @Test
  void readsAJournalOfAnySizeInPartsAndLeavesNothingOut() throws Exception {
    Set<Long> times = new TreeSet<>();
    assertThat(read(times)).containsExactly("0 in 1");
    write(3, 10, 1_000);
    write(1, 2_500, 1);
    write(3, 1, 1);
    assertThat(read(times)).as("trades alone end nothing").containsExactly("10001 in 3");
    write(3, 90, 1_000);
    List<String> found = read(times);
    assertThat(found).as("256 KB").hasSize(2);
    assertThat(times).hasSize(100_001);
  }
}
