package dev.candlewick.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.memory.ChangeRepository.News;
import dev.candlewick.server.memory.Memory.Reading;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final Vertx VERTX = Vertx.vertx();

  /** No database is there, and none is asked. */
  private static final Pool POOL = PgBuilder.pool().connectingTo(new PgConnectOptions()).build();

  private final Memory memory =
      new Memory(10_000, VERTX, new ChangeRepository(POOL), new SimpleMeterRegistry());

  /** Something that holds up to a time. */
  private record Rows(long bytes, long until) implements Kept {
    @Override
    public @Nullable Rows without(Change change) {
      return change.oldest() == Long.MIN_VALUE
          ? null
          : new Rows(bytes, Math.min(until, change.oldest()));
    }

    @Override
    public Rows over(Kept before) {
      return this;
    }
  }

  @AfterAll
  static void close() {
    POOL.close().await();
    VERTX.close().await();
  }

  @BeforeEach
  void hearsOnce() {
    memory.changed(List.of());
  }

  private static Change change(int instrument, long oldest) {
    return new Change(instrument, false, oldest);
  }

  private void keep(int instrument, String key, long bytes) {
    memory.put(memory.begin(instrument), key, new Rows(bytes, 100));
  }

  @Test
  void whatChangedWhileItWasReadIsNotKept() {
    Reading reading = memory.begin(1);
    memory.changed(List.of(change(1, 50)));
    memory.put(reading, "rows", new Rows(10, 100));
    assertThat(memory.get(1, "rows")).isEqualTo(new Rows(10, 50));
  }

  @Test
  void aChangeTakesFromItsInstrumentOnly() {
    keep(1, "rows", 10);
    keep(2, "rows", 10);
    memory.changed(List.of(change(1, 50), change(3, 20)));
    assertThat(memory.get(1, "rows")).isEqualTo(new Rows(10, 50));
    assertThat(memory.get(2, "rows")).isEqualTo(new Rows(10, 100));
    memory.changed(List.of(change(2, Long.MIN_VALUE)));
    assertThat(memory.get(2, "rows")).isNull();
  }

  @Test
  void whatRetentionDropsOrAnotherDatabaseEndsEverything() {
    for (Runnable end :
        List.<Runnable>of(
            () -> memory.changed(List.of(change(Change.ALL, 0), change(1, 99))), memory::lose)) {
      hearsOnce();
      keep(1, "rows", 10);
      Reading reading = memory.begin(2);
      end.run();
      memory.put(reading, "rows", new Rows(10, 100));
      assertThat(memory.get(1, "rows")).isNull();
      assertThat(memory.get(2, "rows")).isNull();
      assertThat(memory.bytes()).isZero();
    }
  }

  @Test
  void whoeverWasAskedForLongestAgoGoesFirst() {
    for (int instrument = 1; instrument <= 5; instrument++) {
      keep(instrument, "rows", 1_500);
    }
    memory.get(1, "rows");
    memory.changed(List.of(change(2, 70)));
    keep(6, "rows", 1_500);
    assertThat(memory.get(1, "rows")).isNotNull();
    assertThat(memory.get(2, "rows")).isNull();
    assertThat(memory.get(3, "rows")).isNotNull();
    assertThat(memory.bytes()).isLessThanOrEqualTo(10_000);
  }

  @Test
  void noInstrumentFillsMoreThanAQuarter() {
    for (int i = 0; i < 20; i++) {
      keep(1, "rows" + i, 1_000);
      assertThat(memory.bytes()).isLessThanOrEqualTo(2_500);
    }
    keep(2, "rows", 2_600);
    assertThat(memory.get(2, "rows")).isNull();
  }

  @Test
  void aDatabaseThatIsAnotherOneOrWasNotAskedForLongDoesNotFollow() {
    News before = new News("1:1:", "a", 1_000_000, List.of());
    assertThat(Freshness.follows(before, new News("1:2:", "a", 1_300_000, List.of()))).isTrue();
    assertThat(Freshness.follows(before, new News("1:2:", "b", 1_000_001, List.of()))).isFalse();
    assertThat(Freshness.follows(before, new News("1:2:", "a", 1_300_001, List.of()))).isFalse();
    assertThat(Freshness.follows(before, new News("1:2:", "a", 999_999, List.of()))).isFalse();
  }
}
