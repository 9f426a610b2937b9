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
      insert into market.instruments (venue, symbol)
      select * from unnest(?::text[], ?::text[]) as v (venue, symbol) order by 1, 2
      on conflict (venue, symbol) do nothing
      """;

  private static final String FIND =
      """
      select i.venue, i.symbol, i.id
      from unnest(?::text[], ?::text[]) as v (venue, symbol)
      join market.instruments i on i.venue = v.venue and i.symbol = v.symbol
      """;

  private volatile Known known = new Known("", new ConcurrentHashMap<>());

  private record Known(String era, Map<InstrumentKey, Integer> ids) {}

  /**
   * The ids of a batch's instruments; unknown ones are created in the batch's own transaction, so
   * that nothing is left of them if it fails. In sorted order, so that two servers cannot deadlock.
   */
  Map<InstrumentKey, Integer> resolve(Connection connection, Batch batch, String era)
      throws SQLException {
    Known now = known;
    Map<InstrumentKey, Integer> committed = now.era().equals(era) ? now.ids() : Map.of();
    Map<InstrumentKey, Integer> ids = new HashMap<>();
    TreeSet<InstrumentKey> unknown = new TreeSet<>();
    Set<InstrumentKey> perhaps = new TreeSet<>();
    InstrumentKey previous = null;
    for (Message message : batch.messages()) {
      for (Row row : message.rows) {
        InstrumentKey key = row.instrument();
        if (key == null || key.equals(previous)) {
          continue;
        }
        previous = row.makesInstrument() ? key : null;
        Integer id = committed.get(key);
        if (id != null) {
          ids.put(key, id);
        } else if (row.makesInstrument()) {
          unknown.add(key);
        } else {
          perhaps.add(key);
        }
      }
    }
    if (!unknown.isEmpty()) {
      create(connection, unknown);
    }
    perhaps.addAll(unknown);
    if (!perhaps.isEmpty()) {
      find(connection, perhaps, ids);
    }
    return ids;
  }

  private static void create(Connection connection, Set<InstrumentKey> keys) throws SQLException {
    try (PreparedStatement create = connection.prepareStatement(CREATE)) {
      bind(connection, create, keys);
      create.executeUpdate();
    }
  }

  private static void find(
      Connection connection, Set<InstrumentKey> keys, Map<InstrumentKey, Integer> ids)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      bind(connection, find, keys);
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          ids.put(new InstrumentKey(row.getString(1), row.getString(2)), row.getInt(3));
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
  void remember(String era, Map<InstrumentKey, Integer> ids) {
    Known now = known;
    if (!now.era().equals(era) || now.ids().size() > MOST_REMEMBERED) {
      now = new Known(era, new ConcurrentHashMap<>());
      known = now;
    }
    now.ids().putAll(ids);
  }
}
