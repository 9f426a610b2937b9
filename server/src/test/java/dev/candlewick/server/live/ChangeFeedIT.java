package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An instance that stood still for longer than changes are kept, without noticing it. */
class ChangeFeedIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String TELL =
      """
      insert into ingest.changes (ids, kinds, keys) values ('{7}', '{1}', array['\\x0000'::bytea]);
      select pg_notify('candlewick_changes', '')
      """;

  private final AtomicInteger told = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();

  @Test
  void subscribersAreToldThatTheyMissedSomethingRatherThanNothing() throws Exception {
    Vertx vertx = Vertx.vertx();
    Pool pool = DATABASE.pool(vertx);
    Context context = vertx.getOrCreateContext();
    ChangeFeed feed =
        new ChangeFeed(
            new LiveRepository(pool),
            context,
            Duration.ofHours(1),
            Duration.ofSeconds(2),
            change -> told.incrementAndGet(),
            lost::incrementAndGet);
    try {
      AtomicInteger follows = new AtomicInteger();
      context.runOnContext(hop -> feed.follow(7).onSuccess(known -> follows.incrementAndGet()));
      ServerProcess.await("it follows", PATIENCE, () -> follows.get() == 1);
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
    } finally {
      pool.close().await();
      vertx.close().await();
    }
  }
}
