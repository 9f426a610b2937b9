package dev.candlewick.ingest.table;

import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.record.Kind.IncompatibleException;
import dev.candlewick.record.KindJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code ingest.kinds}: the declared kinds, as this server last saw them. Another server may have
 * changed them since. A change only ever widens a kind, so this copy may reject too much, never
 * accept too much: before rejecting a row because of it, it is refreshed. Thread-safe.
 */
public final class Kinds {
  private static final String CHANGED =
      """
      select k.kind, k.number, k.version,
             case when v.kind is null then k.declaration::text end, md5(k.declaration::text)
      from ingest.kinds k
      left join unnest(?::text[], ?::int4[], ?::text[]) as v (kind, number, md5)
        on v.kind = k.kind and v.number = k.number and v.md5 = md5(k.declaration::text)
      """;

  private static final String FIND =
      "select declaration::text, number, version from ingest.kinds where kind = ?";

  /** Kinds are changed one at a time, whichever server is asked. */
  private static final String LOCK = "select pg_advisory_xact_lock(7307236712650534771)";

  /** Waiting for a table makes everyone behind wait too. */
  private static final String PATIENCE = "set local lock_timeout = '100ms'";

  private static final String SAVE = "select ingest.save_kind(?::jsonb)";

  private volatile Map<String, Known> known = Map.of();

  private record Known(DeclaredKind declared, String md5) {}

  /** The result of a declaration. */
  public enum Saved {
    MADE,
    CHANGED,
    SAME
  }

  Optional<DeclaredKind> find(String name) {
    return Optional.ofNullable(known.get(name)).map(Known::declared);
  }

  /** All of them, by name. */
  List<DeclaredKind> all() {
    return new TreeMap<>(known).values().stream().map(Known::declared).toList();
  }

  /** Refreshes, and forgets what a database that went back in time no longer has. */
  void look(Connection connection) throws SQLException {
    Map<String, Known> before = known;
    Map<String, Known> now = new HashMap<>();
    try (PreparedStatement changed = connection.prepareStatement(CHANGED)) {
      List<Known> kinds = List.copyOf(before.values());
      String[] names = kinds.stream().map(k -> k.declared().kind().name()).toArray(String[]::new);
      changed.setArray(1, connection.createArrayOf("text", names));
      changed.setObject(2, kinds.stream().mapToInt(k -> k.declared().number()).toArray());
      String[] md5s = kinds.stream().map(Known::md5).toArray(String[]::new);
      changed.setArray(3, connection.createArrayOf("text", md5s));
      try (ResultSet row = changed.executeQuery()) {
        while (row.next()) {
          String name = row.getString(1);
          String declaration = row.getString(4);
          Kind kind =
              declaration == null
                  ? Objects.requireNonNull(before.get(name)).declared().kind()
                  : KindJson.read(declaration);
          DeclaredKind declared = new DeclaredKind(kind, row.getInt(2), row.getInt(3));
          now.put(name, new Known(declared, row.getString(5)));
        }
      }
    }
    known = Map.copyOf(now);
  }

  /**
   * Creates or changes a kind with its tables, in the caller's transaction; SQLSTATE 55P03 if a
   * table is in use at the moment.
   */
  static Saved save(Connection connection, Kind wanted) throws SQLException, IncompatibleException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(PATIENCE);
      statement.execute(LOCK);
    }
    Optional<Kind> before = find(connection, wanted.name());
    Kind after = before.isPresent() ? before.get().changedTo(wanted) : wanted;
    if (before.isPresent() && before.get().equals(after)) {
      return Saved.SAME;
    }
    try (PreparedStatement save = connection.prepareStatement(SAVE)) {
      save.setString(1, KindJson.write(after));
      save.execute();
    }
    return before.isPresent() ? Saved.CHANGED : Saved.MADE;
  }

  /**
   * Creates a kind that comes with the server, or adds what a newer version of it has; an
   * operator's changes stay.
   */
  static void ship(Connection connection, Kind shipped) throws SQLException {
    Optional<Kind> before = find(connection, shipped.name());
    try {
      save(connection, before.isPresent() ? before.get().widenedBy(shipped) : shipped);
    } catch (IncompatibleException e) {
      throw new IllegalStateException("a wider kind is compatible", e);
    }
  }

  private static Optional<Kind> find(Connection connection, String name) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setString(1, name);
      try (ResultSet row = find.executeQuery()) {
        return row.next() ? Optional.of(KindJson.read(row.getString(1))) : Optional.empty();
      }
    }
  }
}
