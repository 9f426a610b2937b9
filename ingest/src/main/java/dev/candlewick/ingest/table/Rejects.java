package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Rejection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code ingest.rejects}: every rejected row of a stream, stored in the transaction of its message.
 */
final class Rejects {
  private static final String KEEP =
      """
      insert into ingest.rejects (api_key_id, stream, seq, index, field, code, detail)
      values (?, ?, ?, ?, ?, ?, ?)
      """;

  private Rejects() {}

  static void write(Connection connection, Batch batch) throws SQLException {
    try (PreparedStatement keep = connection.prepareStatement(KEEP)) {
      int rows = 0;
      for (Message message : batch.messages()) {
        List<Rejection> rejections = new ArrayList<>(message.rejections());
        rejections.sort(Comparator.comparingInt(Rejection::index));
        for (Rejection rejection : rejections) {
          keep.setInt(1, message.stream().apiKeyId());
          keep.setString(2, message.stream().stream());
          keep.setLong(3, message.seq());
          keep.setInt(4, rejection.index());
          keep.setObject(5, rejection.field(), Types.VARCHAR);
          keep.setString(6, rejection.code().word);
          keep.setString(7, rejection.detail());
          keep.addBatch();
          rows++;
        }
      }
      if (rows > 0) {
        keep.executeBatch();
      }
    }
  }
}
