package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Idempotency;
import dev.candlewick.ingest.message.Message;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** {@code ingest.idempotency}: the first answer to each Idempotency-Key, kept for 24 hours. */
public final class IdempotencyKeys {
  private static final String FIND =
      """
      select body_sha256, response from ingest.idempotency
      where api_key_id = ? and key = ? and created_at > now() - interval '24 hours'
      """;

  private static final String KEEP =
      """
      insert into ingest.idempotency as i (api_key_id, key, body_sha256, status, response)
      values (?, ?, ?, 200, ?)
      on conflict (api_key_id, key) do update
      set body_sha256 = excluded.body_sha256, response = excluded.response, created_at = now()
      where i.created_at <= now() - interval '24 hours'
      """;

  private IdempotencyKeys() {}

  /** An answer given before. */
  public record Kept(byte[] sha256, String response) {
    public boolean isFor(byte[] body) {
      return MessageDigest.isEqual(sha256, body);
    }
  }

  public static Optional<Kept> find(Connection connection, int apiKeyId, String key)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setInt(1, apiKeyId);
      find.setString(2, key);
      try (ResultSet row = find.executeQuery()) {
        return row.next()
            ? Optional.of(new Kept(row.getBytes(1), row.getString(2)))
            : Optional.empty();
      }
    }
  }

  /**
   * Stores the answer with the rows; false if another request with this key was committed first.
   */
  static boolean keep(
      Connection connection, Message message, Idempotency idempotency, Durability durability)
      throws SQLException {
    try (PreparedStatement keep = connection.prepareStatement(KEEP)) {
      keep.setInt(1, idempotency.apiKeyId());
      keep.setString(2, idempotency.key());
      keep.setBytes(3, idempotency.sha256());
      keep.setString(4, idempotency.response().apply(message, durability));
      return keep.executeUpdate() == 1;
    }
  }
}
