package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance that missed more than it can read: it stood still, without noticing it. */
class ChangeFeedIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String TELL =
      """
      insert into ingest.changes (ids, kinds, keys) values ('{7}', '{1}', array['\\x0000'::bytea]);
      select pg_notify('candlewick_changes', '')
      """;

  /** An entry of 8 MB; half of five of them is about another instrument. */
  private static final String MUCH =
      """
      insert into ingest.changes (ids, kinds, keys)
      select array[7, 8], '{1, 1}', array[k.keys, k.keys]
      from generate_series(1, 5) i, (select decode(repeat('0000', 4 * 1024 * 1024), 'hex') as keys) k
      """;

  private final AtomicInteger told = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool = DATABASE.pool(vertx);

  @AfterEach
  void close() {
    DATABASE.execute("delete from ingest.changes where 7 = any (ids)");
    pool.close().await();
    vertx.close().await();
  }

  @Test
  void subscribersAreToldThatTheyMissedSomethingRatherThanNothing() throws Exception {
    follow(Duration.ofSeconds(2), 7);
    String read = DATABASE.text("select now()");
    ServerProcess.await(
        "it has read nothing for long",
        PATIENCE,
        () ->
            DATABASE
                .text("select now() > timestamptz '" + read + "' + interval '2.1 s'")
                .equals("t"));
    DATABASE.execute(TELL);
    ServerProcess.await("it has lost something", PATIENCE, () -> lost.get() == 1);
    assertThat(told).hasValue(0);

    ServerProcess.await(
        "it hears again",
        PATIENCE,
        () -> {
          DATABASE.execute(TELL);
          return told.get() > 0;
        });
  }

  @Test
  void moreThanFitsIntoMemoryIsMissedAsWell() throws Exception {
    follow(Duration.ofHours(1), 7);
    DATABASE.execute(MUCH);
    DATABASE.execute(TELL);
    ServerProcess.await("it has lost something", PATIENCE, () -> lost.get() == 1);
    assertThat(told).hasValue(0);

    DATABASE.execute(TELL);
    ServerProcess.await("it hears again", PATIENCE, () -> told.get() > 0);
  }

  /** Of whom nobody follows, it does not matter how much there is. */
  @Test
  void whatIsMissedIsCountedOfWhatIsFollowed() throws Exception {
    follow(Duration.ofHours(1), 7);
    DATABASE.execute(MUCH.replace("array[7, 8]", "array[9, 8]"));
    DATABASE.execute(TELL);
    ServerProcess.await("it hears", PATIENCE, () -> told.get() == 1);
    assertThat(lost).hasValue(0);
  }

  /** Looks for nothing that is not announced. */
  private void follow(Duration lostAfter, int instrument) throws Exception {
    Context context = vertx.getOrCreateContext();
    ChangeFeed feed =
        new ChangeFeed(
            new LiveRepository(pool),
            context,
            Duration.ofHours(1),
            lostAfter,
            change -> told.incrementAndGet(),
            lost::incrementAndGet);
    AtomicInteger follows = new AtomicInteger();
    context.runOnContext(
        hop -> feed.follow(instrument).onSuccess(known -> follows.incrementAndGet()));
    ServerProcess.await("it follows", PATIENCE, () -> follows.get() == 1);
  }
}
