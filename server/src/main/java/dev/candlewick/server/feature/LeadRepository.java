package dev.candlewick.server.feature;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import org.jspecify.annotations.Nullable;

/** Which instance does the work on features: the one whose connection holds the lock. */
public final class LeadRepository {
  private static final String LEAD = "select pg_try_advisory_lock(740181)";

  private final Pool primary;

  /** The pool must be the primary's; the instance that leads keeps one connection of it. */
  public LeadRepository(Pool primary) {
    this.primary = primary;
  }

  /**
   * The work, if this instance is the one that does it; else null.
   *
   * @param lost run when the connection is gone, and with it the lock
   */
  Future<@Nullable FeatureRepository> lead(Runnable lost) {
    return primary
        .getConnection()
        .map(PgConnection::cast)
        .compose(
            connection ->
                connection
                    .query(LEAD)
                    .execute()
                    .map(rows -> rows.iterator().next().getBoolean(0))
                    .onFailure(refused -> connection.close())
                    .map(leads -> kept(connection, leads, lost)));
  }

  private static @Nullable FeatureRepository kept(
      PgConnection connection, boolean leads, Runnable lost) {
    if (!leads) {
      connection.close();
      return null;
    }
    connection.closeHandler(
        gone -> {
          // Else the pool counts it as lent for ever.
          connection.close();
          lost.run();
        });
    return new FeatureRepository(connection);
  }
}
