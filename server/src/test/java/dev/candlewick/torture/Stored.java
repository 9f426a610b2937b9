package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Asks the database itself, past the server, what it holds of a client. */
final class Stored {
  private static final Duration ROLLED_UP_WITHIN = Duration.ofSeconds(60);

  private Stored() {}

  static Verdict judge(TestDatabase database, Client client) {
    List<String> journal = client.journal.lines();
    String table = client.column().replaceAll("\\.\\w+$", "");
    LongStream.Builder stored = LongStream.builder();
    BitSet reasons = new BitSet();
    Map<Long, Long> firsts = new HashMap<>();
    Map<Long, Long> offsets = new HashMap<>();
    for (String line : journal) {
      String[] words = line.split(" ");
      if (words[0].equals("sent")) {
        firsts.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
      } else if (words[0].equals("at")) {
        offsets.put(Long.parseLong(words[2]), Long.parseLong(words[1]));
      }
    }
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(10_000);
      try (ResultSet row =
          statement.executeQuery(
              "select %s::bigint from %s join market.instruments on id = %s where symbol = '%s'"
                  .formatted(
                      client.column(),
                      table,
                      table.startsWith("record.") ? "_instrument_id" : "instrument_id",
                      client.name))) {
        while (row.next()) {
          stored.add(row.getLong(1));
        }
      }
      try (ResultSet row =
          statement.executeQuery(
              "select seq, index from ingest.rejects where stream = '%s'"
                  .formatted(client.stream()))) {
        while (row.next()) {
          long seq = offsets.getOrDefault(row.getLong(1), row.getLong(1));
          reasons.set((int) (firsts.getOrDefault(seq, 0L) + row.getInt(2)));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    // A request is told its refused rows in the answer, which the client checks.
    boolean isRequest = client instanceof RestClient;
    return Verdict.of(
        client.name, journal, stored.build(), number -> isRequest || reasons.get(number));
  }

  /**
   * Whether its stream counts each acked row once that our own rules accept, in the transactions
   * that wrote them. The id of a row that has none follows from its offset: written twice it would
   * be stored once, and counted twice.
   */
  static boolean countedOnce(TestDatabase database, Client client) {
    long wanted =
        LongStream.rangeClosed(1, client.acked())
            .filter(number -> !TestRow.isInvalid(number))
            .count();
    String rows = "select rows from ingest.streams where stream = '%s'";
    return database.number(rows.formatted(client.stream())) == wanted;
  }

  /** Whether the volume of its minutes is that of its trades, once they are rolled up. */
  static boolean candlesTellTheSame(TestDatabase database, Client client) {
    String sum =
        "select coalesce(sum(%s), 0)::bigint from market.%s"
            + " join market.instruments on id = instrument_id where symbol = '"
            + client.name
            + "'";
    try {
      ServerProcess.await(
          "candles of " + client.name,
          ROLLED_UP_WITHIN,
          () ->
              database.number(sum.formatted("size", "trades"))
                  == database.number(sum.formatted("volume", "candles_1m")));
      return true;
    } catch (AssertionError notInTime) {
      return false;
    }
  }
}
