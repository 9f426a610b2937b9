package dev.candlewick.ingest.table;

import dev.candlewick.ingest.change.Changes;
import dev.candlewick.ingest.message.Answer.Drop;
import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Idempotency;
import dev.candlewick.ingest.message.Line;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.message.TakenOrder;
import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.row.Tick;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.row.TradeIds;
import dev.candlewick.ingest.table.InstrumentIds.Id;
import dev.candlewick.record.ChangeKind;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Step 7 of the write path: one attempt to write one batch, in one transaction, top to bottom in
 * {@link #write}. A failed attempt leaves nothing behind; the next one starts afresh.
 */
public final class BatchTransaction {
  private final Connection connection;
  private final Batch batch;
  private final InstrumentIds instrumentIds;
  private final boolean strictDurability;
  private final DirtyMarks dirty = new DirtyMarks();
  private final Changes changes = new Changes();

  public BatchTransaction(
      Connection connection, Batch batch, InstrumentIds instrumentIds, boolean strictDurability) {
    this.connection = connection;
    this.batch = batch;
    this.instrumentIds = instrumentIds;
    this.strictDurability = strictDurability;
  }

  /** Messages must leave the batch; the attempt is over and starts again without them. */
  public static final class DroppedException extends Exception {
    private static final long serialVersionUID = 1L;
    public final transient List<Message> messages;
    public final Drop why;

    public DroppedException(List<Message> messages, Drop why) {
      super(why.name(), null, false, false);
      this.messages = messages;
      this.why = why;
    }
  }

  /** Messages turned out to be stored already; the attempt starts again without them. */
  public static final class StoredException extends Exception {
    private static final long serialVersionUID = 1L;
    public final transient List<Message> messages;
    public final Durability durability;

    public StoredException(List<Message> messages, Durability durability) {
      super("stored already", null, false, false);
      this.messages = messages;
      this.durability = durability;
    }
  }

  /** Writes and commits, or finds that an earlier attempt, whose counts stand, was committed. */
  public Durability write() throws SQLException, DroppedException, StoredException {
    placeSpooled();
    Streams.Advance advance = Streams.advance(connection, batch);
    if (!advance.stored().isEmpty()) {
      throw new StoredException(advance.stored(), advance.durability());
    }
    batch.startAttempt();
    refuse(advance);
    Map<InstrumentKey, Id> ids = instrumentIds.resolve(connection, batch, advance.era());
    for (RowType type : RowType.values()) {
      write(type, ids).write();
    }
    checkCounts();
    dirty.write(connection);
    changes.write(connection);
    Rejects.write(connection, batch);
    keepIdempotencyKeys(advance.durability());
    connection.commit();
    instrumentIds.remember(advance.era(), ids);
    return advance.durability();
  }

  /** How the rows of a kind get into their tables. */
  private interface Way {
    void write() throws SQLException, DroppedException;
  }

  private Way write(RowType type, Map<InstrumentKey, Id> ids) {
    return switch (type) {
      case TRADES -> () -> writeTrades(lines(type, ids));
      case QUOTES -> () -> writeTicks(TickTable.QUOTES, lines(type, ids));
      case CANDLES -> () -> writeCandles(ids);
      case RECORDS -> () -> new RecordBatch(connection, batch, changes).write(ids);
    };
  }

  private void placeSpooled() throws SQLException, DroppedException, StoredException {
    List<Message> spooled = batch.messages().stream().filter(message -> message.spooled).toList();
    if (!spooled.isEmpty()) {
      List<StreamName> names = spooled.stream().map(m -> m.stream().name()).distinct().toList();
      place(spooled, Streams.lock(connection, names));
    }
  }

  /**
   * Messages from the spool are placed by seq alone: whoever holds the stream by now sends the same
   * ones under the same seqs. What the database is already past is stored; what does not follow on
   * from it is beyond a gap.
   */
  public static void place(List<Message> spooled, Map<StreamName, Streams.Greeting> found)
      throws DroppedException, StoredException {
    Map<StreamName, Long> ends = new HashMap<>();
    List<Message> stored = new ArrayList<>();
    List<Message> beyondGap = new ArrayList<>();
    Durability durability = Durability.FULL;
    for (Message message : spooled) {
      StreamName name = message.stream().name();
      Streams.Greeting now = found.get(name);
      if (now == null) {
        beyondGap.add(message);
        continue;
      }
      durability = now.durability();
      if (message.seq() <= now.stream().committedSeq()) {
        stored.add(message);
      } else if (message.position().before()
          == ends.getOrDefault(name, now.stream().committedSeq())) {
        ends.put(name, message.seq());
        message.place(now.stream(), message.position());
      } else {
        beyondGap.add(message);
      }
    }
    if (!stored.isEmpty()) {
      throw new StoredException(stored, durability);
    }
    if (!beyondGap.isEmpty()) {
      throw new DroppedException(beyondGap, Drop.GAP);
    }
  }

  /**
   * Fenced and rewound messages leave. If the database must be durable and is not, all of them
   * leave, except those from the spool, which are on disk and wait there.
   */
  private void refuse(Streams.Advance advance) throws SQLException, DroppedException {
    if (strictDurability && advance.durability() == Durability.DEGRADED) {
      if (batch.isSpooled()) {
        throw new SQLException("the database is not durable, and must be", "55000");
      }
      throw new DroppedException(List.copyOf(batch.messages()), Drop.NOT_DURABLE);
    }
    drop(advance.fenced(), Drop.FENCED);
    drop(advance.rewound(), Drop.REWOUND);
  }

  private void drop(List<StreamState> streams, Drop why) throws DroppedException {
    if (!streams.isEmpty()) {
      throw new DroppedException(
          batch.messages().stream().filter(m -> streams.contains(m.stream())).toList(), why);
    }
  }

  private List<Line> lines(RowType type, Map<InstrumentKey, Id> ids) throws SQLException {
    List<Line> lines = new ArrayList<>();
    TakenOrder order = new TakenOrder(connection);
    for (Message message : batch.messages()) {
      if (message.type == type) {
        long stream = message.stream().number();
        for (Row row : message.rows) {
          Long own = ((Tick) row).ownId();
          long id = own == null ? TradeIds.ofRow(stream, message.seq(), row.index()) : own;
          long taken = row instanceof Trade trade ? order.place(trade) : Line.BY_ID;
          lines.add(
              new Line(
                  message, row, ids.getOrDefault(row.instrument(), Id.NONE).number(), id, taken));
        }
      }
    }
    return lines;
  }

  private void writeTrades(List<Line> lines) throws SQLException, DroppedException {
    List<Line> trades = lines;
    Amendments amendments = Amendments.of(lines);
    if (!amendments.isEmpty()) {
      for (Line line : amendments.write(connection)) {
        dirty.amended(line);
        changes.add(ChangeKind.TRADES, line.instrumentId(), line.row().ts(), line.id());
      }
      dropRefused();
      trades = lines.stream().filter(line -> !amendments.contains(line)).toList();
    }
    boolean byIdAlone = trades.stream().allMatch(line -> line.taken() == Line.BY_ID);
    writeTicks(byIdAlone ? TickTable.TRADES : TickTable.TAKEN_TRADES, trades);
  }

  /** Messages written as a whole or not at all leave if one of their rows was refused. */
  private void dropRefused() throws DroppedException {
    List<Message> refused =
        batch.messages().stream()
            .filter(m -> m.countRefusedByDatabase() > 0 && !m.answer.takesPart())
            .toList();
    if (!refused.isEmpty()) {
      throw new DroppedException(refused, Drop.ROW_REFUSED);
    }
  }

  private void writeTicks(TickTable table, List<Line> lines) throws SQLException, DroppedException {
    if (lines.isEmpty()) {
      return;
    }
    LongChunks.make(
        connection, table.relation, 1, lines.stream().mapToLong(line -> line.row().ts()));
    if (batch.carefully) {
      insertDistinct(table, lines);
    } else {
      copy(table, lines);
      lines.forEach(line -> inserted(table, line));
    }
  }

  private void inserted(TickTable table, Line line) {
    line.message().inserted++;
    if (line.row() instanceof Trade trade) {
      dirty.trade(line, trade);
    }
    changes.add(table.changeKind, line.instrumentId(), line.row().ts(), line.id());
  }

  /** In key order, so that an instrument's rows are stored next to each other and read faster. */
  private void copy(TickTable table, List<Line> lines) throws SQLException {
    CopyBuffer buffer = new CopyBuffer();
    lines.stream().sorted(Line.BY_KEY).forEach(line -> table.copy(buffer, line));
    ByteBuffer bytes = buffer.finish();
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(table.copySql);
    try {
      copy.writeToCopy(bytes.array(), 0, bytes.limit());
      long copied = copy.endCopy();
      if (copied != lines.size()) {
        throw new SQLException("copied " + copied + " of " + lines.size() + " rows", "XX000");
      }
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  /** Of equal keys in the batch the first is inserted, the others are duplicates of it. */
  private void insertDistinct(TickTable table, List<Line> lines)
      throws SQLException, DroppedException {
    Map<Line.Key, Line> distinct = new LinkedHashMap<>();
    List<Line> known = new ArrayList<>();
    for (Line line : lines) {
      if (distinct.putIfAbsent(line.key(), line) != null) {
        known.add(line);
      }
    }
    insertHalving(table, new ArrayList<>(distinct.values()), known);
    StoredTrade.countKnown(connection, known);
  }

  /** Inserts; if the database refuses a row, halves down to it and continues without it. */
  private void insertHalving(TickTable table, List<Line> lines, List<Line> known)
      throws SQLException, DroppedException {
    Savepoint before = connection.setSavepoint();
    Set<Line.Key> inserted;
    try {
      inserted = table.insert(connection, lines);
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      if (SqlStates.sort(e) != SqlStates.Verdict.BAD_ROW) {
        throw e;
      }
      connection.rollback(before);
      if (lines.size() == 1) {
        refuse(lines.get(0).message(), lines.get(0).row(), e);
        return;
      }
      insertHalving(table, lines.subList(0, lines.size() / 2), known);
      insertHalving(table, lines.subList(lines.size() / 2, lines.size()), known);
      return;
    }
    for (Line line : lines) {
      if (inserted.contains(line.key())) {
        inserted(table, line);
      } else {
        known.add(line);
      }
    }
  }

  private void writeCandles(Map<InstrumentKey, Id> ids) throws SQLException, DroppedException {
    List<CandleTable.Line> lines = new ArrayList<>();
    List<CandleTable.Line> takenBack = new ArrayList<>();
    for (Message message : batch.messages()) {
      if (message.type == RowType.CANDLES) {
        for (Row row : message.rows) {
          int id = ids.getOrDefault(row.instrument(), Id.NONE).number();
          (message.isTakenBack(row) ? takenBack : lines)
              .add(new CandleTable.Line(message, (Candle) row, id));
        }
      }
    }
    for (CandleTable.Line line : CandleTable.takeBack(connection, takenBack)) {
      changes.add(ChangeKind.CANDLES, line.instrumentId(), line.candle().ts(), 0);
    }
    List<CandleTable.Line> good = VenueDays.check(connection, lines);
    dropRefused();
    if (!good.isEmpty()) {
      upsertHalving(good);
    }
  }

  private void upsertHalving(List<CandleTable.Line> lines) throws SQLException, DroppedException {
    if (!batch.carefully) {
      CandleTable.upsert(connection, lines).forEach(this::written);
      return;
    }
    Savepoint before = connection.setSavepoint();
    try {
      List<CandleTable.Line> written = CandleTable.upsert(connection, lines);
      connection.releaseSavepoint(before);
      written.forEach(this::written);
    } catch (SQLException e) {
      if (SqlStates.sort(e) != SqlStates.Verdict.BAD_ROW) {
        throw e;
      }
      connection.rollback(before);
      if (lines.size() == 1) {
        refuse(lines.get(0).message(), lines.get(0).candle(), e);
        return;
      }
      upsertHalving(lines.subList(0, lines.size() / 2));
      upsertHalving(lines.subList(lines.size() / 2, lines.size()));
    }
  }

  private void written(CandleTable.Line line) {
    dirty.candle(line);
    changes.add(ChangeKind.CANDLES, line.instrumentId(), line.candle().ts(), 0);
  }

  /** The database may refuse the row; a request that is all or nothing goes with it. */
  static void refuse(Message message, Row row, SQLException e) throws DroppedException {
    message.refusedByDatabase(
        new Rejection(
            row.index(),
            null,
            Rejection.Code.REFUSED_BY_DATABASE,
            "the database refused the row: SQLSTATE " + SqlStates.state(e)));
    if (!message.answer.takesPart()) {
      throw new DroppedException(List.of(message), Drop.ROW_REFUSED);
    }
  }

  /** Guards against a database that silently drops rows (as in TimescaleDB issue 7672). */
  private void checkCounts() throws SQLException {
    for (Message message : batch.messages()) {
      int told = message.inserted + message.duplicates + message.updated;
      if (told + message.countRefusedByDatabase() != message.rows.size()) {
        throw new SQLException(
            "of " + message.rows.size() + " rows only " + told + " are accounted for", "XX000");
      }
    }
  }

  private void keepIdempotencyKeys(Durability durability) throws SQLException, DroppedException {
    for (Message message : batch.messages()) {
      Idempotency idempotency = message.idempotency;
      if (idempotency != null
          && !IdempotencyKeys.keep(connection, message, idempotency, durability)) {
        throw new DroppedException(List.of(message), Drop.KEY_TAKEN);
      }
    }
  }
}
