package dev.candlewick.ingest;

import dev.candlewick.ingest.Answer.Durability;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The streams' bookkeeping: hello, and the compare-and-set inside the transaction of the rows. */
final class Streams {
  private static final String DURABILITY =
      "current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'"
          + " and current_setting('synchronous_commit') <> 'off'";

  private static final String HELLO =
      """
      insert into ingest.streams as s (api_key_id, stream, epoch) values (?, ?, 1)
      on conflict (api_key_id, stream) do update set epoch = s.epoch + 1, last_activity = now()
      returning number, epoch, committed_seq, %s
      """
          .formatted(DURABILITY);

  private static final String ADVANCE =
      """
      update ingest.streams s
      set committed_seq = v.last, rows = s.rows + v.rows, last_activity = now()
      from unnest(?::int[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
        as v (number, epoch, first, last, rows)
      where s.number = v.number and s.epoch = v.epoch and s.committed_seq = v.first - 1
      returning s.number, %s
      """
          .formatted(DURABILITY);

  private static final String LOCK =
      """
      select s.api_key_id, s.stream, s.number, s.epoch, s.committed_seq, %s
      from ingest.streams s
      join unnest(?::int[], ?::text[]) as v (api_key_id, stream)
        on s.api_key_id = v.api_key_id and s.stream = v.stream
      order by s.number
      for update of s
      """
          .formatted(DURABILITY);

  private static final String LOOK =
      "select number, epoch, committed_seq from ingest.streams where number = any (?)";

  private static final String TAKEN_OVER =
      """
      select s.number from ingest.streams s
      join unnest(?::int[], ?::bigint[]) as held (number, epoch) on held.number = s.number
      where s.epoch > held.epoch
      """;

  private Streams() {}

  /** A stream as hello found it, and what COMMIT means on this database. */
  record Greeting(StreamState stream, Durability durability) {}

  /** Takes the stream over: its epoch grows, whoever held it before is fenced. */
  static Greeting hello(Connection connection, int apiKeyId, String stream) throws SQLException {
    try (PreparedStatement hello = connection.prepareStatement(HELLO)) {
      hello.setInt(1, apiKeyId);
      hello.setString(2, stream);
      try (ResultSet row = hello.executeQuery()) {
        row.next();
        StreamState state =
            new StreamState(apiKeyId, stream, row.getLong(1), row.getLong(2), row.getLong(3));
        return new Greeting(state, durability(row.getBoolean(4)));
      }
    }
  }

  /** The numbers of those among these streams that somebody else has said hello for since. */
  static Set<Long> takenOver(Connection connection, List<StreamState> held) throws SQLException {
    Set<Long> taken = new HashSet<>();
    try (PreparedStatement look = connection.prepareStatement(TAKEN_OVER)) {
      look.setObject(1, held.stream().mapToLong(StreamState::number).toArray());
      look.setObject(2, held.stream().mapToLong(StreamState::epoch).toArray());
      try (ResultSet row = look.executeQuery()) {
        while (row.next()) {
          taken.add(row.getLong(1));
        }
      }
    }
    return taken;
  }

  /**
   * Where these streams stand, by key and name, whoever holds them; they stay locked until the
   * transaction ends. One that the database does not know is absent.
   */
  static Map<StreamName, Greeting> lock(Connection connection, List<StreamName> names)
      throws SQLException {
    Map<StreamName, Greeting> found = new HashMap<>();
    try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
      lock.setObject(1, names.stream().mapToInt(StreamName::apiKeyId).toArray());
      String[] streams = names.stream().map(StreamName::stream).toArray(String[]::new);
      lock.setArray(2, connection.createArrayOf("text", streams));
      try (ResultSet row = lock.executeQuery()) {
        while (row.next()) {
          StreamName name = new StreamName(row.getInt(1), row.getString(2));
          StreamState state =
              new StreamState(
                  name.apiKeyId(), name.stream(), row.getLong(3), row.getLong(4), row.getLong(5));
          found.put(name, new Greeting(state, durability(row.getBoolean(6))));
        }
      }
    }
    return found;
  }

  /**
   * What the compare-and-set found; with neither stored nor fenced messages every stream moved.
   *
   * @param stored messages that are committed already: by an earlier attempt whose reply was lost,
   *     or by another server that had them in its spool
   * @param fenced streams that are somebody else's now
   */
  record Advance(List<Message> stored, List<StreamState> fenced, Durability durability) {}

  /** The seqs of one stream in a batch: contiguous, as the session took them. */
  private static final class Span {
    final StreamState stream;
    final long first;
    long last;
    long rows;

    Span(StreamState stream, long first) {
      this.stream = stream;
      this.first = first;
    }
  }

  /**
   * Moves each stream of the batch on, if it still stands where the batch begins. Rows stay locked
   * until the transaction ends, so a retry waits for a half-dead older attempt and then sees it.
   */
  static Advance advance(Connection connection, Batch batch) throws SQLException {
    Map<Long, Span> spans = spans(batch);
    Durability durability = Durability.FULL;
    try (PreparedStatement advance = connection.prepareStatement(ADVANCE)) {
      bind(advance, new ArrayList<>(spans.values()));
      try (ResultSet moved = advance.executeQuery()) {
        while (moved.next()) {
          spans.remove(moved.getLong(1));
          durability = durability(moved.getBoolean(2));
        }
      }
    }
    return spans.isEmpty()
        ? new Advance(List.of(), List.of(), durability)
        : examine(connection, batch, spans, durability);
  }

  private static Map<Long, Span> spans(Batch batch) {
    Map<Long, Span> spans = new TreeMap<>();
    for (Message message : batch.messages()) {
      Span span =
          spans.computeIfAbsent(
              message.stream().number(), number -> new Span(message.stream(), message.seq()));
      span.last = message.seq();
      span.rows += message.rows.size();
    }
    return spans;
  }

  private static void bind(PreparedStatement advance, List<Span> spans) throws SQLException {
    long[][] columns = new long[5][spans.size()];
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      columns[0][i] = span.stream.number();
      columns[1][i] = span.stream.epoch();
      columns[2][i] = span.first;
      columns[3][i] = span.last;
      columns[4][i] = span.rows;
    }
    for (int i = 0; i < columns.length; i++) {
      advance.setObject(i + 1, columns[i]);
    }
  }

  /**
   * Of the streams that did not move: one of our own epoch has got past where the batch begins, so
   * what lies behind that point is stored; one of another epoch is somebody else's now.
   */
  private static Advance examine(
      Connection connection, Batch batch, Map<Long, Span> left, Durability durability)
      throws SQLException {
    Map<Long, long[]> found = new HashMap<>();
    try (PreparedStatement look = connection.prepareStatement(LOOK)) {
      look.setObject(1, left.keySet().stream().mapToLong(Long::longValue).toArray());
      try (ResultSet row = look.executeQuery()) {
        while (row.next()) {
          found.put(row.getLong(1), new long[] {row.getLong(2), row.getLong(3)});
        }
      }
    }
    List<Message> stored = new ArrayList<>();
    List<StreamState> fenced = new ArrayList<>();
    for (Span span : left.values()) {
      long[] now = found.getOrDefault(span.stream.number(), new long[] {-1, -1});
      if (now[0] == span.stream.epoch() && now[1] >= span.first) {
        batch.messages().stream()
            .filter(message -> message.stream() == span.stream && message.seq() <= now[1])
            .forEach(stored::add);
      } else {
        fenced.add(span.stream);
      }
    }
    return new Advance(stored, fenced, durability);
  }

  private static Durability durability(boolean full) {
    return full ? Durability.FULL : Durability.DEGRADED;
  }
}
