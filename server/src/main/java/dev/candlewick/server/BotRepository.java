package dev.candlewick.server;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;

/** Counts what bots report about themselves, without naming them. */
final class BotRepository {
  private static final String STATE =
      """
      select count(*) filter (where status = 'active') as active,
             count(*) filter (where status = 'active'
               and greatest(ts, last_heartbeat) < now() - interval '2 minutes'
               and ts > now() - interval '7 days') as silent,
             (select count(*) from record_latest.risk_events
              where resolved is not true and ts > now() - interval '1 day') as breaches
      from record_latest.bots
      """;

  private final Pool primary;

  /**
   * The state of the bots.
   *
   * @param silent active ones that have reported nothing for two minutes, though they did within a
   *     week
   * @param breaches unresolved risk events of the last day
   */
  record State(long active, long silent, long breaches) {}

  BotRepository(Pool primary) {
    this.primary = primary;
  }

  Future<State> state() {
    return primary
        .query(STATE)
        .execute()
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new State(row.getLong(0), row.getLong(1), row.getLong(2));
            });
  }
}
