package dev.candlewick.server.topic;

import dev.candlewick.record.Retention;
import dev.candlewick.record.RowKeys;
import dev.candlewick.server.lead.LeadRepository;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which candles are due, and what was published. All of it goes over the connection that holds the
 * lock making this instance the publisher: if the connection is lost, so is the lock.
 */
public final class OutRepository {
  /** Rows that one statement forgets. */
  private static final int FORGOTTEN = 50_000;

  /** Instruments, of each of which a day has some two thousand candles. */
  private static final int INSTRUMENTS = 50;

  /** Also what a beginning needs: the moment and the time it is now. */
  private static final String POSITION =
      """
      select pg_current_snapshot()::text, extract(epoch from now())::int8, t.topic,
        extract(epoch from greatest(t.at, now() - interval '1 day'))::int8,
        t.at < now() - interval '8 minutes'
      from (select) one left join ingest.candle_topic t on true
      """;

  private static final String FORGET_ALL =
      """
      delete from ingest.candles_out
      where ctid = any (array(select ctid from ingest.candles_out limit $1))
      """;

  /** Candles of some instruments that ended after a given time, or are forming. */
  private static final String CONSIDER =
      """
      with part as (select id from market.instruments where id > $1 order by id limit $2),
      considered as (
        insert into ingest.candles_out as o (instrument_id, timeframe, ts)
        select i.id, f.seconds, s.ts
        from part i
        cross join unnest($3::int[]) as f (seconds)
        cross join lateral generate_series(
          $4::int8 - $4::int8 % f.seconds, extract(epoch from now())::int8, f.seconds) as s (ts)
        on conflict (instrument_id, timeframe, ts) do update set due = true, at = now())
      select max(id) from part
      """;

  /** Starts reading the journal here. */
  private static final String BEGIN =
      """
      insert into ingest.candle_topic as t (topic, moment, at) values ($1, $2, to_timestamp($3))
      on conflict (one) do update
      set topic = excluded.topic, moment = excluded.moment, at = excluded.at
      """;

  /** A part of what the last check did not see. */
  private static final String SINCE =
      """
      select c.moment, c.at, c.more, c.id, c.keys
      from ingest.candle_topic t
      cross join lateral ingest.changes_since(t.moment::pg_snapshot) c
      where c.moment is not null or c.kind in (1, 3)
      """;

  private static final String MARK =
      """
      insert into ingest.candles_out as o (instrument_id, timeframe, ts)
      select * from unnest($1::int[], $2::int[], $3::int8[])
      on conflict (instrument_id, timeframe, ts) do update set due = true, at = now()
      """;

  private static final String SEEN = "update ingest.candle_topic set moment = $1, at = $2";

  private static final String DUE =
      """
      select o.instrument_id, i.venue, i.symbol, o.timeframe, o.ts, o.digest
      from ingest.candles_out o join market.instruments i on i.id = o.instrument_id
      where o.due and o.ts + o.timeframe <= $1
      order by o.ts limit $2
      """;

  private static final String NUMBER =
      "update ingest.candle_topic set batch = batch + 1 returning batch";

  private static final String NOTE =
      """
      update ingest.candles_out o
      set due = false, at = now(),
        batch = case when v.told then $1 else o.batch end,
        digest = case when v.told then v.digest else o.digest end
      from unnest($2::int[], $3::int[], $4::int8[], $5::bool[], $6::int8[])
        as v (instrument_id, timeframe, ts, told, digest)
      where (o.instrument_id, o.timeframe, o.ts) = (v.instrument_id, v.timeframe, v.ts)
      """;

  private static final String TOLD = "update ingest.candle_topic set told = $1";

  /** What was published, if Kafka says how far that is, or has forgotten it. */
  private static final String GO_ON =
      """
      with position as (
        update ingest.candle_topic
        set batch = greatest(batch, $1), told = greatest(told, $1) returning told)
      update ingest.candles_out set due = true, digest = null, batch = null
      where batch > (select told from position)
      """;

  private static final String FORGET =
      """
      delete from ingest.candles_out
      where ctid = any (array(
        select ctid from ingest.candles_out
        where not due and at < now() - interval '6 hours' limit $1))
      """;

  private final PgConnection connection;
  private @Nullable Beginning beginning;

  private OutRepository(PgConnection connection) {
    this.connection = connection;
  }

  /** Decides which instance publishes; the pool must be the primary's. */
  public static LeadRepository<OutRepository> lead(Vertx vertx, Pool primary) {
    return new LeadRepository<>(vertx, primary, 740_182, OutRepository::new);
  }

  /** What is left to do before the journal can be read from a moment on. */
  private static final class Beginning {
    final String topic;
    final String moment;
    final long at;
    final long since;
    boolean forgets;
    int instrument;

    Beginning(String topic, String moment, long at, long since, boolean forgets) {
      this.topic = topic;
      this.moment = moment;
      this.at = at;
      this.since = since;
      this.forgets = forgets;
    }
  }

  /**
   * Resumes where reading the journal stopped. If nobody read it for so long that entries may have
   * been deleted, everything that closed since is considered, at most a day of it; for a new topic,
   * publishing starts with the candles that are forming.
   *
   * @return false if only a part was done: call it again
   */
  Future<Boolean> begin(String topic) {
    return beginning == null ? position(topic) : goOn(beginning);
  }

  private Future<Boolean> position(String topic) {
    return connection
        .query(POSITION)
        .execute()
        .map(
            rows -> {
              Row row = rows.iterator().next();
              boolean same = topic.equals(row.getString(2));
              if (same && !row.getBoolean(4)) {
                return true;
              }
              long now = row.getLong(1);
              long since = same ? row.getLong(3) : now;
              beginning = new Beginning(topic, row.getString(0), now, since, !same);
              return false;
            });
  }

  private Future<Boolean> goOn(Beginning begun) {
    if (begun.forgets) {
      return connection
          .preparedQuery(FORGET_ALL)
          .execute(Tuple.of(FORGOTTEN))
          .map(
              rows -> {
                begun.forgets = rows.rowCount() == FORGOTTEN;
                return false;
              });
    }
    Integer[] levels = Retention.LEVELS.toArray(Integer[]::new);
    return connection
        .preparedQuery(CONSIDER)
        .execute(
            Tuple.of(begun.instrument, INSTRUMENTS).addArrayOfInteger(levels).addLong(begun.since))
        .compose(
            rows -> {
              Integer last = rows.iterator().next().getInteger(0);
              if (last == null) {
                return end(begun);
              }
              begun.instrument = last;
              return Future.succeededFuture(false);
            });
  }

  private Future<Boolean> end(Beginning begun) {
    return connection
        .preparedQuery(BEGIN)
        .execute(Tuple.of(begun.topic, begun.moment, (double) begun.at))
        .map(
            begins -> {
              beginning = null;
              return true;
            });
  }

  /** Records a part of what was committed since the last check; true if there is more. */
  Future<Boolean> look() {
    return connection
        .query(SINCE)
        .execute()
        .compose(
            rows -> {
              Tuple seen = Tuple.tuple();
              boolean more = false;
              Set<Key> touched = new HashSet<>();
              for (Row row : rows) {
                if (row.getString(0) != null) {
                  seen = Tuple.of(row.getString(0), row.getOffsetDateTime(1));
                  more = row.getBoolean(2);
                } else {
                  touch(touched, row.getInteger(3), row.getBuffer(4).getBytes());
                }
              }
              Tuple position = seen;
              boolean rest = more;
              return mark(List.copyOf(touched))
                  .compose(marked -> connection.preparedQuery(SEEN).execute(position))
                  .map(done -> rest);
            });
  }

  private record Key(int instrument, int timeframe, long ts) {}

  /**
   * Rows come by their time, mostly: a minute that is touched again at once touches nothing new.
   */
  private static void touch(Set<Key> touched, int instrument, byte[] keys) {
    long[] last = {Long.MIN_VALUE};
    RowKeys.read(
        keys,
        (ts, id) -> {
          long minute = Math.floorDiv(ts, 60_000_000L);
          if (minute == last[0]) {
            return;
          }
          last[0] = minute;
          for (int level : Retention.LEVELS) {
            long seconds = minute * 60;
            touched.add(new Key(instrument, level, seconds - Math.floorMod(seconds, (long) level)));
          }
        });
  }

  private Future<Void> mark(List<Key> keys) {
    if (keys.isEmpty()) {
      return Future.succeededFuture();
    }
    Tuple columns =
        Tuple.tuple()
            .addArrayOfInteger(keys.stream().map(Key::instrument).toArray(Integer[]::new))
            .addArrayOfInteger(keys.stream().map(Key::timeframe).toArray(Integer[]::new))
            .addArrayOfLong(keys.stream().map(Key::ts).toArray(Long[]::new));
    return connection.preparedQuery(MARK).execute(columns).mapEmpty();
  }

  /** Touched candles that have ended by now, oldest first. */
  Future<List<Due>> due(long nowSeconds, int atMost) {
    return connection
        .preparedQuery(DUE)
        .execute(Tuple.of(nowSeconds, atMost))
        .map(
            rows -> {
              List<Due> due = new ArrayList<>();
              for (Row row : rows) {
                Due.Series series =
                    new Due.Series(
                        row.getInteger(0), row.getString(1), row.getString(2), row.getInteger(3));
                due.add(new Due(series, row.getLong(4), row.getLong(5)));
              }
              return due;
            });
  }

  /** Records what is about to be published; returns the number of its transaction. */
  Future<Long> note(List<Told> all) {
    return connection
        .query(NUMBER)
        .execute()
        .map(rows -> rows.iterator().next().getLong(0))
        .compose(
            number ->
                connection.preparedQuery(NOTE).execute(columns(number, all)).map(noted -> number));
  }

  private static Tuple columns(long number, List<Told> all) {
    return Tuple.of(number)
        .addArrayOfInteger(
            all.stream().map(told -> told.due().series().instrument()).toArray(Integer[]::new))
        .addArrayOfInteger(
            all.stream().map(told -> told.due().series().timeframe()).toArray(Integer[]::new))
        .addArrayOfLong(all.stream().map(told -> told.due().ts()).toArray(Long[]::new))
        .addArrayOfBoolean(all.stream().map(told -> told.value() != null).toArray(Boolean[]::new))
        .addArrayOfLong(all.stream().map(Told::digest).toArray(Long[]::new));
  }

  /** The transaction with this number was published. */
  Future<Void> told(long number) {
    return connection.preparedQuery(TOLD).execute(Tuple.of(number)).mapEmpty();
  }

  /**
   * After a transaction whose outcome is unknown: everything recorded beyond this number is due
   * again.
   */
  Future<Void> goOn(long number) {
    return connection.preparedQuery(GO_ON).execute(Tuple.of(number)).mapEmpty();
  }

  /** What was published some hours ago is published again if it is touched again. */
  Future<Void> forget() {
    return connection.preparedQuery(FORGET).execute(Tuple.of(FORGOTTEN)).mapEmpty();
  }
}
