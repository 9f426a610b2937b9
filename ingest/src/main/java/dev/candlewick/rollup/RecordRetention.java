package dev.candlewick.rollup;

import dev.candlewick.record.Kind;
import dev.candlewick.record.KindJson;
import dev.candlewick.record.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Drops records past the retention their kinds declare, and the newest states that go with them.
 */
final class RecordRetention {
  private static final String KINDS = "select declaration::text from ingest.kinds order by kind";

  private static final String DROP_CHUNKS =
      "select ingest.drop_old_chunks(?::regclass, make_interval(secs => ?))";

  private static final String FORGET_STATES =
      """
      delete from %s l
      where l.ts < now() - make_interval(secs => ?)
        and not exists (select from %s r where r.ts = l.ts and %s)
      """;

  private RecordRetention() {}

  /** In the caller's transaction. */
  static void run(Connection connection) throws SQLException {
    for (Kind kind : kinds(connection)) {
      if (kind.retention().equals(Retention.FOR_EVER)) {
        continue;
      }
      try (PreparedStatement drop = connection.prepareStatement(DROP_CHUNKS)) {
        drop.setString(1, kind.table());
        drop.setLong(2, kind.retention().toSeconds());
        drop.execute();
      }
      try (PreparedStatement forget = connection.prepareStatement(forgetStates(kind))) {
        forget.setLong(1, kind.retention().toSeconds());
        forget.executeUpdate();
      }
    }
  }

  private static List<Kind> kinds(Connection connection) throws SQLException {
    List<Kind> kinds = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(KINDS)) {
      while (row.next()) {
        kinds.add(KindJson.read(row.getString(1)));
      }
    }
    return kinds;
  }

  private static String forgetStates(Kind kind) {
    return FORGET_STATES.formatted(
        kind.latestTable(),
        kind.table(),
        kind.sqlKey().stream()
            .map(name -> "r." + name + " = l." + name)
            .collect(Collectors.joining(" and ")));
  }
}
