package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Instrument ids, shared by the lanes. An instrument is created on first sight, with its rows.
 *
 * <p>An id is valid only in one era of the database: a restored copy, or a lagging replica that
 * took over, may give the same id to another instrument. Each transaction reads its era in the
 * statement that moves its streams, at no extra cost; if the era is not the one the ids belong to,
 * none is known.
 */
public final class InstrumentIds {
  private static final int MOST_REMEMBERED = 1_000_000;

  /**
   * What no database that went back in time has kept: when its server was started, and which table
   * and file hold the instruments.
   */
  static final String ERA =
      "concat_ws(' ', extract(epoch from pg_postmaster_start_time()),"
          + " to_regclass('market.instruments')::oid,"
          + " pg_relation_filenode(to_regclass('market.instruments')))";

  private static final String CREATE =
      """
      insert into market.instruments as i (venue, symbol, listed)
      select v.venue, v.symbol, v.listed
      from unnest(?::text[], ?::text[], ?::boolean[]) as v (venue, symbol, listed)
      where not exists (
        select from market.instruments i
        where i.venue = v.venue and i.symbol = v.symbol and i.listed >= v.listed)
      order by 1, 2
      on conflict (venue, symbol) do update set listed = true
      where excluded.listed and not i.listed
      """;

  private static final String FIND =
      """
      select i.venue, i.symbol, i.id, i.listed
      from unnest(?::text[], ?::text[]) as v (venue, symbol)
      join market.instruments i on i.venue = v.venue and i.symbol = v.symbol
      """;

  private volatile Known known = new Known("", new ConcurrentHashMap<>());

  private record Known(String era, Map<InstrumentKey, Id> ids) {}

  /** Whether the instrument was listed when its id was read: that it is never changes back. */
  record Id(int number, boolean listed) {
    /** Of an instrument that does not exist. */
    static final Id NONE = new Id(0, false);
  }

  /**
   * The ids of a batch's instruments; unknown ones are created, and listed, in the batch's own
   * transaction, so that nothing is left of it if it fails. In sorted order, so that two servers
   * cannot deadlock.
   */
  Map<InstrumentKey, Id> resolve(Connection connection, Batch batch, String era)
      throws SQLException {
    Known now = known;
    Map<InstrumentKey, Id> committed = now.era().equals(era) ? now.ids() : Map.of();
    Map<InstrumentKey, Id> ids = new HashMap<>();
    SortedMap<InstrumentKey, Boolean> unknown = new TreeMap<>();
    Set<InstrumentKey> perhaps = new TreeSet<>();
    InstrumentKey previous = null;
    boolean listed = false;
    for (Message message : batch.messages()) {
      for (Row row : message.rows) {
        InstrumentKey key = row.instrument();
        if (key == null || (key.equals(previous) && (listed || !row.listsInstrument()))) {
          continue;
        }
        previous = row.makesInstrument() ? key : null;
        listed = row.listsInstrument();
        Id id = committed.get(key);
        if (id != null && (id.listed() || !listed)) {
          ids.put(key, id);
        } else if (row.makesInstrument()) {
          unknown.merge(key, listed, Boolean::logicalOr);
        } else {
          perhaps.add(key);
        }
      }
    }
    if (!unknown.isEmpty()) {
      create(connection, unknown);
    }
    perhaps.addAll(unknown.keySet());
    if (!perhaps.isEmpty()) {
      find(connection, perhaps, ids);
    }
    return ids;
  }

  private static void create(Connection connection, Map<InstrumentKey, Boolean> listed)
      throws SQLException {
    try (PreparedStatement create = connection.prepareStatement(CREATE)) {
      bind(connection, create, listed.keySet());
      create.setArray(3, connection.createArrayOf("bool", listed.values().toArray()));
      create.executeUpdate();
    }
  }

  private static void find(
      Connection connection, Set<InstrumentKey> keys, Map<InstrumentKey, Id> ids)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      bind(connection, find, keys);
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          ids.put(
              new InstrumentKey(row.getString(1), row.getString(2)),
              new Id(row.getInt(3), row.getBoolean(4)));
        }
      }
    }
  }

  private static void bind(
      Connection connection, PreparedStatement statement, Set<InstrumentKey> keys)
      throws SQLException {
    String[] venues = keys.stream().map(InstrumentKey::venue).toArray(String[]::new);
    String[] symbols = keys.stream().map(InstrumentKey::symbol).toArray(String[]::new);
    statement.setArray(1, connection.createArrayOf("text", venues));
    statement.setArray(2, connection.createArrayOf("text", symbols));
  }

  /** Remembers ids once the transaction that may have created them is committed. */
  void remember(String era, Map<InstrumentKey, Id> ids) {
    Known now = known;
    if (!now.era().equals(era) || now.ids().size() > MOST_REMEMBERED) {
      now = new Known(era, new ConcurrentHashMap<>());
      known = now;
    }
    now.ids().putAll(ids);
  }
}
