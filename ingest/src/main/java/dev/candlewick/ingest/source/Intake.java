package dev.candlewick.ingest.source;

import dev.candlewick.ingest.decode.DecodeException;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.decode.Envelope;
import dev.candlewick.ingest.decode.JsonDecoder;
import dev.candlewick.ingest.decode.RawRow;
import dev.candlewick.ingest.decode.RowValidator;
import dev.candlewick.ingest.decode.TimeBounds;
import dev.candlewick.ingest.lane.IngestMetrics;
import dev.candlewick.ingest.lane.Lane;
import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.table.KindCatalogue;
import dev.candlewick.record.MarketKind;
import dev.candlewick.record.Retention;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * What every source of rows goes through: rows are decoded and validated, counted in the budget of
 * their key, and handed to a lane, which answers the source after COMMIT. Thread-safe.
 */
public final class Intake {
  /** Most rows in one REST request: each needs its own id within it. */
  public static final int MAX_REQUEST_ROWS = 100_000;

  private final Bounds bounds;
  private final List<Lane> lanes;
  private final DataSource database;
  private final WorkerExecutor blocking;
  private final Budget budget;
  private final IngestMetrics metrics;
  private final KindCatalogue kinds;
  private final JsonDecoder decoder;
  private final RecordIntake records;
  private final RecordIntake requestRecords;
  private final Map<Integer, Quota> quotas = new ConcurrentHashMap<>();

  /**
   * What is accepted.
   *
   * @param messageRows rows in one message of a stream
   * @param keyBudgetBytes bytes of messages in memory, per API key
   * @param retention how long accepted rows are kept; older rows are rejected
   * @param strictDurability accept no data if COMMIT does not mean on disk
   */
  public record Bounds(
      int messageRows, long keyBudgetBytes, Retention retention, boolean strictDurability) {}

  /** Something done with a connection in its own transaction. */
  public interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  public Intake(
      Vertx vertx,
      Bounds bounds,
      List<Lane> lanes,
      DataSource database,
      Budget budget,
      IngestMetrics metrics,
      KindCatalogue kinds) {
    this.bounds = bounds;
    this.lanes = List.copyOf(lanes);
    this.database = database;
    this.blocking = vertx.createSharedWorkerExecutor("candlewick-hello", 2);
    this.budget = budget;
    this.metrics = metrics;
    this.kinds = kinds;
    this.decoder = new JsonDecoder(bounds.messageRows());
    this.records = new RecordIntake(kinds, bounds.retention(), bounds.messageRows());
    this.requestRecords = new RecordIntake(kinds, bounds.retention(), MAX_REQUEST_ROWS);
  }

  /** For messages of streams. */
  public JsonDecoder decoder() {
    return decoder;
  }

  public KindCatalogue kinds() {
    return kinds;
  }

  /** Records in messages of streams. */
  public RecordIntake records() {
    return records;
  }

  /** Records in REST requests and dialects. */
  public RecordIntake requestRecords() {
    return requestRecords;
  }

  public IngestMetrics metrics() {
    return metrics;
  }

  /** Why rows cannot be written now, as {@code code: detail}; empty if all is well. */
  public List<String> troubles() {
    return lanes.stream().map(Lane::holding).filter(Objects::nonNull).distinct().toList();
  }

  /** Whether the operator wants no data accepted by such a database. */
  public boolean refuses(Durability durability) {
    return bounds.strictDurability() && durability == Durability.DEGRADED;
  }

  /** The rows of a message whose head is decoded, each checked, or refused by its field. */
  public Message.Checked check(RowType type, Envelope envelope, byte[] json, IngestKey key)
      throws DecodeException {
    return check(type, envelope, json, key, records);
  }

  /** The same; {@code of} says how many rows it may have if these are records. */
  public Message.Checked check(
      RowType type, Envelope envelope, byte[] json, IngestKey key, RecordIntake of)
      throws DecodeException {
    List<RawRow> raw = envelope.rows();
    if (raw == null) {
      throw new DecodeException(Fault.BAD_MESSAGE, "rows are required");
    }
    if (type.market != null) {
      return check(type.market, envelope.defaults(), raw);
    }
    if (envelope.kind() == null) {
      throw new DecodeException(Fault.BAD_MESSAGE, "kind is required");
    }
    return of.frame(envelope.kind(), envelope.defaults(), json, key);
  }

  /** The same of rows that are of one kind. */
  public Message.Checked check(MarketKind kind, Envelope.Defaults defaults, List<RawRow> raw) {
    List<Row> rows = new ArrayList<>(raw.size());
    List<Rejection> rejections = new ArrayList<>(0);
    TimeBounds times = new TimeBounds(Instant.now(), bounds.retention());
    new RowValidator(kind, defaults, times).check(raw, rows, rejections);
    return new Message.Checked(rows, rejections);
  }

  /** Candles from an archive: those past their retention are accepted too. */
  public Message.Checked checkArchived(Envelope.Defaults defaults, List<RawRow> raw) {
    List<Row> rows = new ArrayList<>(raw.size());
    List<Rejection> rejections = new ArrayList<>(0);
    Instant now = Instant.now();
    TimeBounds kept = new TimeBounds(now, bounds.retention());
    new RowValidator(MarketKind.CANDLES, defaults, new TimeBounds(now, Retention.NONE))
        .check(raw, rows, rejections);
    Set<Row> takenBack = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Row row : rows) {
      if (row.ts()
          < kept.oldest(kept.retention().candles(((Candle) row).timeframe().longestSeconds()))) {
        takenBack.add(row);
      }
    }
    return new Message.Checked(rows, rejections, takenBack);
  }

  /** The quota of this key. Only ids of valid keys get here, so there are few. */
  public Quota quota(IngestKey key) {
    return quotas
        .computeIfAbsent(
            key.id(), id -> new Quota(id == 0 ? budget : budget.share(bounds.keyBudgetBytes())))
        .limit(key);
  }

  /** Accepts a message of a stream, which is counted in a budget. */
  public void submit(Message message) {
    int lane = Math.floorMod(Long.hashCode(message.stream().number()), lanes.size());
    lanes.get(lane).submit(message);
  }

  /**
   * Accepts a request whose body is counted in the quota's budget; from now on its rows count
   * there. Requests for one subject share a lane, so trades without ids keep the order in which
   * they were sent.
   */
  public void submitRequest(Message message, Quota quota) {
    quota.spendRows(message.rowsSent());
    message.countIn(quota.budget());
    quota.budget().release(message.bytes);
    int subject = message.rows.isEmpty() ? 0 : message.rows.get(0).subject();
    lanes.get(Math.floorMod(subject, lanes.size())).submit(message);
  }

  /** Runs work on a background thread; committed once the future succeeds. */
  public <T> Future<T> withConnection(Work<T> work) {
    return blocking.executeBlocking(
        () -> {
          try (Connection connection = database.getConnection()) {
            T result = work.with(connection);
            connection.commit();
            return result;
          }
        },
        false);
  }
}
