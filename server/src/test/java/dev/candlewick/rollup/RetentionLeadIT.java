package dev.candlewick.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.change.ChangeNotifier;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Retention on two instances, of which the one that leads stands still before it commits. */
class RetentionLeadIT {
  /** Ten seconds, and what a machine at work may take beside them. */
  private static final Duration MOVED = Duration.ofSeconds(20);

  private final TestDatabase database = TestDatabase.shared();
  private final CountDownLatch dropped = new CountDownLatch(1);
  private final CountDownLatch wakes = new CountDownLatch(1);

  @BeforeEach
  void trades() {
    RetentionJobIT.twentyDays(database);
  }

  @AfterEach
  void clear() {
    database.clear();
  }

  @Test
  void anotherDropsInsteadWithinSecondsAndTheOneThatWakesDropsNothing() throws Exception {
    MeterRegistry meters = new SimpleMeterRegistry();
    RollUp first = rollUp(true, meters);
    RollUp second = rollUp(false, new SimpleMeterRegistry());
    try {
      first.start();
      assertThat(dropped.await(20, TimeUnit.SECONDS)).isTrue();
      second.start();
      ServerProcess.await("the second drops", MOVED, () -> oldest() < 9);
      String before = before();
      database.execute(
          "insert into market.trades select 1, now() - interval '15 days', 1, 5, 1, 0, 0");
      double failed = count(meters, "candlewick.rollup.failures");
      wakes.countDown();
      ServerProcess.await(
          "the first fails", MOVED, () -> count(meters, "candlewick.rollup.failures") > failed);
      second.stop();
      double passed = meters.get("candlewick.rollup.pass.duration").timer().count();
      ServerProcess.await(
          "the first goes on",
          MOVED,
          () -> meters.get("candlewick.rollup.pass.duration").timer().count() > passed + 1);
      assertThat(oldest()).as("what came after it was dropped is there").isEqualTo(15);
      assertThat(before()).isEqualTo(before);
    } finally {
      wakes.countDown();
      first.stop();
      second.stop();
    }
  }

  private RollUp rollUp(boolean freezes, MeterRegistry meters) {
    DataSource source =
        proxy(
            DataSource.class,
            (any, method, arguments) -> {
              Connection connection = database.connect();
              connection.setAutoCommit(false);
              return freezes ? freezing(connection) : connection;
            });
    return new RollUp(source, RetentionJobIT.WEEK, new ChangeNotifier(source), meters);
  }

  /** Stands still before it commits what was dropped. */
  private Connection freezing(Connection connection) {
    AtomicBoolean drops = new AtomicBoolean();
    return proxy(
        Connection.class,
        (any, method, arguments) -> {
          if (method.getName().equals("prepareStatement")) {
            drops.compareAndSet(false, String.valueOf(arguments[0]).contains("drop_old_chunks"));
          } else if (method.getName().equals("commit") && drops.getAndSet(false)) {
            dropped.countDown();
            wakes.await();
          }
          try {
            return method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static double count(MeterRegistry meters, String counter) {
    return meters.get(counter).counter().count();
  }

  private String before() {
    return database.text("select before from ingest.dropped where relation = 'market.trades'");
  }

  /** In days, of a trade. */
  private long oldest() {
    return database.number("select extract(day from now() - min(ts))::int8 from market.trades");
  }
}
