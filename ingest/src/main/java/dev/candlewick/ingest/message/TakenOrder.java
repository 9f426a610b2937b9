package dev.candlewick.ingest.message;

import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.row.TradeIds;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The order of a batch's trades that are not ordered by their ids. A batch takes its number from
 * the database when it is written: anything acked before a message was sent has a smaller one,
 * whichever stream or server instance accepted it, and of batches written at the same time one
 * precedes the other as a whole. A trade that is already stored keeps its place.
 */
public final class TakenOrder {
  private static final String NEXT = "select nextval('ingest.taken')";

  /** Most rows in a batch: no message has more than {@link TradeIds#MAX_ROWS}. */
  private static final int ROW_BITS = 20;

  private final Connection connection;
  private long next;

  public TakenOrder(Connection connection) {
    this.connection = connection;
  }

  /** The place of a trade, greater than that of every trade asked for before. */
  public long place(Trade trade) throws SQLException {
    if (!trade.countsAsTaken()) {
      boolean unsigned = (trade.flags() & Trade.UNSIGNED_ID) != 0;
      return unsigned ? Line.BY_UNSIGNED_ID : Line.BY_ID;
    }
    if (next == 0) {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(NEXT)) {
        row.next();
        next = row.getLong(1) << ROW_BITS;
      }
    }
    return next++;
  }
}
