package dev.candlewick.ingest.table;

import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.record.Kind.IncompatibleException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Kinds} for event loops: lookups are immediate, refreshes and changes run on a background
 * thread.
 */
public final class KindCatalogue {
  private static final Logger LOG = LoggerFactory.getLogger(KindCatalogue.class);
  private static final long RETRY_MILLIS = 1_000;

  /** How long a change keeps trying to get its turn. */
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private static final int LONGEST_PAUSE_MILLIS = 200;
  private static final String IN_USE = "55P03";
  private static final String DEADLOCK = "40P01";

  private final Vertx vertx;
  private final Kinds kinds;
  private final DataSource database;
  private final WorkerExecutor looking;
  private final WorkerExecutor saving;
  private @Nullable Future<Void> look;
  private @Nullable Future<Void> nextLook;

  public KindCatalogue(Vertx vertx, Kinds kinds, DataSource database) {
    this.vertx = vertx;
    this.kinds = kinds;
    this.database = database;
    this.looking = vertx.createSharedWorkerExecutor("candlewick-kinds", 1);
    this.saving = vertx.createSharedWorkerExecutor("candlewick-declare", 1);
  }

  public Optional<DeclaredKind> find(String name) {
    return kinds.find(name);
  }

  public List<DeclaredKind> all() {
    return kinds.all();
  }

  /** Refreshes with a query that starts after this call; many callers share one. */
  public Future<Void> look() {
    Context own = vertx.getOrCreateContext();
    Promise<Void> looked = Promise.promise();
    // Whoever asked first; the others are completed on their own event loops.
    shared().onComplete(done -> own.runOnContext(hop -> looked.handle(done)));
    return looked.future();
  }

  private synchronized Future<Void> shared() {
    Future<Void> running = look;
    if (running == null) {
      return begin();
    }
    Future<Void> next = nextLook;
    if (next == null) {
      next = running.otherwiseEmpty().compose(done -> begin());
      nextLook = next;
    }
    return next;
  }

  private synchronized Future<Void> begin() {
    nextLook = null;
    Future<Void> begun = looking.executeBlocking(this::lookNow, false);
    look = begun;
    begun.onComplete(done -> ended(begun));
    return begun;
  }

  private synchronized void ended(Future<Void> done) {
    if (look == done) {
      look = null;
    }
  }

  private @Nullable Void lookNow() throws SQLException {
    try (Connection connection = database.getConnection()) {
      kinds.look(connection);
      connection.rollback();
      return null;
    }
  }

  /**
   * Creates or changes a kind. Fails with {@link IncompatibleException}, or with a {@link
   * SQLException}, for example if its table was in use all the time.
   */
  public Future<Kinds.Saved> save(Kind wanted) {
    return saving.executeBlocking(() -> saveNow(wanted), false);
  }

  /**
   * Creates the kinds that come with the server, or adds what newer versions of them have. Blocks;
   * if it cannot be done at once, a background thread retries until it is.
   */
  public void shipPatiently() {
    try {
      ship();
    } catch (SQLException e) {
      LOG.warn("the server's own kinds wait, trying again: SQLSTATE {}", SqlStates.state(e));
      vertx.setTimer(RETRY_MILLIS, again -> saving.executeBlocking(this::shipAgain, false));
    }
  }

  private @Nullable Void shipAgain() {
    shipPatiently();
    return null;
  }

  private void ship() throws SQLException {
    for (Kind shipped : ShippedKinds.read()) {
      try (Connection connection = database.getConnection()) {
        Kinds.ship(connection, shipped);
        connection.commit();
      }
    }
    lookNow();
  }

  /** Never waits long at a time: rows queue up behind whoever waits for their table. */
  private Kinds.Saved saveNow(Kind wanted)
      throws SQLException, IncompatibleException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try (Connection connection = database.getConnection()) {
        try {
          Kinds.Saved saved = Kinds.save(connection, wanted);
          connection.commit();
          return saved;
        } catch (SQLException | IncompatibleException e) {
          connection.rollback();
          throw e;
        }
      } catch (SQLException e) {
        boolean passes = SqlStates.state(e).equals(IN_USE) || SqlStates.state(e).equals(DEADLOCK);
        if (!passes || System.nanoTime() > deadline) {
          throw e;
        }
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS) + 1);
    }
  }
}
