package dev.candlewick.archive;

import dev.candlewick.record.Kind;
import dev.candlewick.record.KindJson;
import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What may be archived and dropped. Servers say it every hour, once there is an archive; whoever
 * archives by hand may say it by a retention of their own.
 */
final class Offers {
  private static final String ALL =
      """
      select a.relation, a.level, a.due::text, k.declaration::text
      from ingest.archive a
      left join ingest.kinds k on a.relation in ('record.' || k.kind, 'record."' || k.kind || '"')
      where a.due is not null order by a.relation, a.level
      """;

  /** The roll-up's lock, which no pass of it holds for long. */
  private static final String LOCK = "select pg_try_advisory_xact_lock(740101)";

  private static final int ATTEMPTS = 50;

  private static final String ARCHIVING =
      "insert into ingest.archiving default values on conflict do nothing";

  /** Nothing goes that is not rolled up: a mark of a day lies at its beginning. */
  private static final String OFFER =
      """
      insert into ingest.archive as a (relation, level, due)
      values (?::regclass::text, ?, least(now() - make_interval(secs => ?), (select min(bucket) from ingest.dirty)))
      on conflict (relation, level) do update set due = greatest(a.due, excluded.due)
      """;

  private Offers() {}

  /**
   * What may be dropped from a relation.
   *
   * @param level of the venues' own candles the timeframe's, in seconds; else 0
   * @param due everything before may go
   */
  record Offer(String relation, int level, String due, @Nullable String declaration) {
    ArchivedTable table() {
      if (declaration != null) {
        Kind kind = KindJson.read(declaration);
        return ArchivedTable.records(kind);
      }
      return switch (relation) {
        case "market.trades" -> ArchivedTable.trades();
        case "market.quotes" -> ArchivedTable.quotes();
        case "market.candles_native" -> ArchivedTable.nativeCandles(level);
        default -> ArchivedTable.candles(relation);
      };
    }
  }

  /** All of them. */
  static List<Offer> of(Connection state) throws SQLException {
    List<Offer> offers = new ArrayList<>();
    try (Statement statement = state.createStatement();
        ResultSet row = statement.executeQuery(ALL)) {
      while (row.next()) {
        offers.add(new Offer(row.getString(1), row.getInt(2), row.getString(3), row.getString(4)));
      }
    }
    return offers;
  }

  /** Offers what a server with this retention would; records by what their kinds declare. */
  static void state(Connection state, Retention retention) throws IOException, SQLException {
    state.setAutoCommit(false);
    try (Statement statement = state.createStatement()) {
      awaitRollUp(state, statement);
      statement.execute(ARCHIVING);
      for (int level : Retention.LEVELS) {
        offer(state, "market.candles_native", level, retention.candles(level));
        String relation = "market.candles_" + Timeframe.ofSeconds(level).text();
        offer(state, relation, 0, retention.held(level));
      }
      offer(state, "market.trades", 0, retention.trades());
      offer(state, "market.quotes", 0, retention.quotes());
      for (String declaration :
          texts(statement, "select declaration::text from ingest.kinds order by kind")) {
        Kind kind = KindJson.read(declaration);
        offer(state, kind.table(), 0, kind.retention());
      }
      state.commit();
    } finally {
      state.rollback();
      state.setAutoCommit(true);
    }
  }

  private static void awaitRollUp(Connection state, Statement statement)
      throws IOException, SQLException {
    try {
      for (int attempt = 0; !texts(statement, LOCK).contains("t"); attempt++) {
        state.rollback();
        if (attempt == ATTEMPTS) {
          throw new IOException("the roll-up is busy; try again");
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static List<String> texts(Statement statement, String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }

  private static void offer(Connection state, String relation, int level, Duration keep)
      throws SQLException {
    if (keep.equals(Retention.FOR_EVER)) {
      return;
    }
    try (PreparedStatement offer = state.prepareStatement(OFFER)) {
      offer.setString(1, relation);
      offer.setInt(2, level);
      offer.setLong(3, keep.toSeconds());
      offer.execute();
    }
  }
}
