package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The streams' bookkeeping: hello, and the compare-and-set inside the transaction of the rows. */
public final class Streams {
  private static final String DURABILITY =
      "current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'"
          + " and current_setting('synchronous_commit') <> 'off'";

  private static final String HELLO =
      """
      insert into ingest.streams as s (api_key_id, stream, epoch, committed_seq) values (?, ?, 1, ?)
      on conflict (api_key_id, stream) do update
      set epoch = s.epoch + 1, holder = gen_random_uuid(), last_activity = now()
      returning number, epoch, committed_seq, holder, %s
      """
          .formatted(DURABILITY);

  private static final String ADVANCE =
      """
      update ingest.streams s
      set committed_seq = v.last, rows = s.rows + v.rows, last_activity = now()
      from unnest(?::int[], ?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
        as v (number, holder, epoch, before, last, rows)
      where s.number = v.number and s.holder = v.holder and s.epoch = v.epoch
        and s.committed_seq = v.before
      returning s.holder, %s, %s
      """
          .formatted(DURABILITY, InstrumentIds.ERA);

  private static final String LOCK =
      """
      select s.api_key_id, s.stream, s.number, s.epoch, s.committed_seq, s.holder, %s
      from ingest.streams s
      join unnest(?::int[], ?::text[]) as v (api_key_id, stream)
        on s.api_key_id = v.api_key_id and s.stream = v.stream
      order by s.number
      for update of s
      """
          .formatted(DURABILITY);

  private static final String LOOK =
      """
      select s.api_key_id, s.stream, s.number, s.epoch, s.committed_seq, s.holder
      from ingest.streams s
      join unnest(?::int[], ?::text[]) as v (api_key_id, stream)
        on s.api_key_id = v.api_key_id and s.stream = v.stream
      """;

  /** Holder of the streams of a database restored from a backup, until their next hello. */
  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  private Streams() {}

  /** A stream as hello found it, and what COMMIT means on this database. */
  public record Greeting(StreamState stream, Durability durability) {}

  /** Takes over the stream: its epoch increases, and the previous holder is fenced. */
  public static Greeting hello(Connection connection, int apiKeyId, String stream)
      throws SQLException {
    return hello(connection, apiKeyId, stream, 0);
  }

  /** The same; {@code before} is the position of a new stream. */
  public static Greeting hello(Connection connection, int apiKeyId, String stream, long before)
      throws SQLException {
    try (PreparedStatement hello = connection.prepareStatement(HELLO)) {
      hello.setInt(1, apiKeyId);
      hello.setString(2, stream);
      hello.setLong(3, before);
      try (ResultSet row = hello.executeQuery()) {
        row.next();
        StreamState state =
            new StreamState(
                apiKeyId, stream, row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4));
        return new Greeting(state, durability(row.getBoolean(5)));
      }
    }
  }

  /** What has become of a stream that this server holds. */
  public enum Held {
    /** Nothing: it is held as before. */
    AS_BEFORE,
    /** Someone else has said hello for it. */
    FENCED,
    /** The database has gone back to before this hello, or before what it had committed. */
    REWOUND
  }

  /**
   * What has become of a stream.
   *
   * @param now its state in the database; null if the database does not know it
   * @param committed up to where it was committed, as far as this server has been told
   */
  public static Held sort(StreamState held, @Nullable StreamState now, long committed) {
    if (now == null || now.holder().equals(NOBODY)) {
      return Held.REWOUND;
    }
    if (now.holder().equals(held.holder()) && now.epoch() == held.epoch()) {
      return now.committedSeq() < committed ? Held.REWOUND : Held.AS_BEFORE;
    }
    return now.epoch() > held.epoch() ? Held.FENCED : Held.REWOUND;
  }

  /** The positions of these streams, whoever holds them; unknown ones are absent. */
  public static Map<StreamName, StreamState> look(
      Connection connection, Collection<StreamName> names) throws SQLException {
    Map<StreamName, StreamState> found = new HashMap<>();
    try (PreparedStatement look = connection.prepareStatement(LOOK)) {
      bindNames(connection, look, names);
      try (ResultSet row = look.executeQuery()) {
        while (row.next()) {
          StreamState state = state(row);
          found.put(state.name(), state);
        }
      }
    }
    return found;
  }

  private static void bindNames(
      Connection connection, PreparedStatement statement, Collection<StreamName> names)
      throws SQLException {
    statement.setObject(1, names.stream().mapToInt(StreamName::apiKeyId).toArray());
    String[] streams = names.stream().map(StreamName::stream).toArray(String[]::new);
    statement.setArray(2, connection.createArrayOf("text", streams));
  }

  private static StreamState state(ResultSet row) throws SQLException {
    return new StreamState(
        row.getInt(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getString(6));
  }

  /**
   * The positions of these streams, by key and name, whoever holds them; they stay locked until the
   * transaction ends. Unknown ones are absent.
   */
  static Map<StreamName, Greeting> lock(Connection connection, List<StreamName> names)
      throws SQLException {
    Map<StreamName, Greeting> found = new HashMap<>();
    try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
      bindNames(connection, lock, names);
      try (ResultSet row = lock.executeQuery()) {
        while (row.next()) {
          StreamState state = state(row);
          found.put(state.name(), new Greeting(state, durability(row.getBoolean(7))));
        }
      }
    }
    return found;
  }

  /**
   * The result of the compare-and-set; without stored, fenced or rewound messages every stream
   * moved.
   *
   * @param stored messages that are already committed: by an earlier attempt whose reply was lost,
   *     or by another server that had them in its spool
   * @param fenced streams that belong to someone else now
   * @param rewound streams with which the database has gone back
   * @param era which history of the database this is; see {@link InstrumentIds}
   */
  public record Advance(
      List<Message> stored,
      List<StreamState> fenced,
      List<StreamState> rewound,
      Durability durability,
      String era) {}

  /** The messages of one stream in a batch, each following on from the one before. */
  private static final class Span {
    final StreamState stream;
    final long before;
    long last;
    long rows;

    Span(StreamState stream, long before) {
      this.stream = stream;
      this.before = before;
    }
  }

  /**
   * Moves each stream of the batch forward, if it is still where the batch starts. Rows stay locked
   * until the transaction ends, so a retry waits for a half-dead older attempt and then sees it.
   */
  public static Advance advance(Connection connection, Batch batch) throws SQLException {
    Map<String, Span> spans = spans(batch);
    Durability durability = Durability.FULL;
    String era = "";
    try (PreparedStatement advance = connection.prepareStatement(ADVANCE)) {
      bind(connection, advance, spans.values());
      try (ResultSet moved = advance.executeQuery()) {
        while (moved.next()) {
          spans.remove(moved.getString(1));
          durability = durability(moved.getBoolean(2));
          era = moved.getString(3);
        }
      }
    }
    return spans.isEmpty()
        ? new Advance(List.of(), List.of(), List.of(), durability, era)
        : examine(connection, batch, spans.values(), durability);
  }

  /** By holder: of two streams with the same number, one belongs to a history that is over. */
  private static Map<String, Span> spans(Batch batch) {
    Map<String, Span> spans = new HashMap<>();
    for (Message message : batch.messages()) {
      Span span =
          spans.computeIfAbsent(
              message.stream().holder(),
              holder -> new Span(message.stream(), message.position().before()));
      span.last = message.seq();
      span.rows += message.rows.size();
    }
    return spans;
  }

  private static void bind(
      Connection connection, PreparedStatement advance, Collection<Span> unordered)
      throws SQLException {
    // In the same order everywhere, so that two servers cannot deadlock.
    List<Span> spans =
        unordered.stream().sorted(Comparator.comparingLong(s -> s.stream.number())).toList();
    advance.setObject(1, longs(spans, span -> span.stream.number()));
    String[] holders = spans.stream().map(span -> span.stream.holder()).toArray(String[]::new);
    advance.setArray(2, connection.createArrayOf("uuid", holders));
    advance.setObject(3, longs(spans, span -> span.stream.epoch()));
    advance.setObject(4, longs(spans, span -> span.before));
    advance.setObject(5, longs(spans, span -> span.last));
    advance.setObject(6, longs(spans, span -> span.rows));
  }

  private static long[] longs(List<Span> spans, ToLongFunction<Span> column) {
    return spans.stream().mapToLong(column).toArray();
  }

  /**
   * For streams that did not move: one that we still hold either is past where the batch starts, so
   * everything up to that point is stored, or has gone back to before it; another either belongs to
   * someone else now, or was ours in a history that is over.
   */
  private static Advance examine(
      Connection connection, Batch batch, Collection<Span> left, Durability durability)
      throws SQLException {
    List<StreamName> names = left.stream().map(span -> span.stream.name()).distinct().toList();
    Map<StreamName, StreamState> found = look(connection, names);
    List<Message> stored = new ArrayList<>();
    List<StreamState> fenced = new ArrayList<>();
    List<StreamState> rewound = new ArrayList<>();
    for (Span span : left) {
      StreamState now = found.get(span.stream.name());
      switch (sort(span.stream, now, span.before + 1)) {
        case AS_BEFORE ->
            batch.messages().stream()
                .filter(message -> message.stream() == span.stream)
                .filter(message -> now != null && message.seq() <= now.committedSeq())
                .forEach(stored::add);
        case FENCED -> fenced.add(span.stream);
        case REWOUND -> rewound.add(span.stream);
      }
    }
    return new Advance(stored, fenced, rewound, durability, "");
  }

  private static Durability durability(boolean full) {
    return full ? Durability.FULL : Durability.DEGRADED;
  }
}
