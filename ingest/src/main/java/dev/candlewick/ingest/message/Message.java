package dev.candlewick.ingest.message;

import dev.candlewick.ingest.decode.RowValidator;
import dev.candlewick.ingest.row.RecordRow;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.RowType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One message of a stream or one REST request: valid rows, rejections, and where to answer. Created
 * on an event loop, then owned by one lane's thread until it is answered.
 */
public final class Message {
  /** Approximate memory of a row: 60 bytes for a trade, 150 for a quote or a rejected row. */
  private static final int ROW_BYTES = 100;

  /** Approximate memory of a message besides its bytes and rows. */
  private static final int OWN_BYTES = 300;

  public final RowType type;
  public final List<Row> rows;
  public final int bytes;
  public final boolean isRequest;

  /** Read back from the spool: its bytes are not in the budget. */
  public final boolean spooled;

  public final Answer answer;
  public final @Nullable Idempotency idempotency;

  /** When it was accepted, by {@link System#nanoTime}. */
  public final long takenNanos = System.nanoTime();

  private final List<Rejection> refusedByRule;
  private final Set<Row> takenBack;
  private final List<Rejection> refusedByDatabase = new ArrayList<>(0);
  private @Nullable Budget budget;
  private @Nullable StreamState stream;
  private Position position;

  /** Of the current attempt; final once the message is committed. */
  public int inserted;

  public int duplicates;
  public int updated;

  /** Those of the duplicates that differ from what is stored. */
  public int conflicts;

  private Message(
      RowType type,
      Checked checked,
      int bytes,
      Answer answer,
      @Nullable StreamState stream,
      boolean spooled,
      @Nullable Idempotency idempotency) {
    this.type = type;
    this.rows = checked.rows();
    this.refusedByRule = checked.rejections();
    this.takenBack = checked.takenBack();
    this.bytes = bytes;
    this.answer = answer;
    this.position = Position.ofNumber(1);
    this.stream = stream;
    this.isRequest = stream == null;
    this.spooled = spooled;
    this.idempotency = idempotency;
  }

  /**
   * A message's rows after {@link RowValidator}.
   *
   * @param takenBack the rows that come from an archive and are past their retention, the same
   *     objects
   */
  public record Checked(List<Row> rows, List<Rejection> rejections, Set<Row> takenBack) {
    public Checked(List<Row> rows, List<Rejection> rejections) {
      this(rows, rejections, Set.of());
    }
  }

  /** A message of a feed's stream. */
  public static Message ofStream(
      StreamState stream,
      Position position,
      RowType type,
      Checked checked,
      int bytes,
      Answer answer) {
    Message message = new Message(type, checked, bytes, answer, stream, false, null);
    message.position = position;
    return message;
  }

  /** A message of a feed's stream, read back from the spool. */
  public static Message ofSpool(
      StreamState stream,
      Position position,
      RowType type,
      Checked checked,
      int bytes,
      Answer answer) {
    Message message = new Message(type, checked, bytes, answer, stream, true, null);
    message.position = position;
    return message;
  }

  /** A REST request; the lane gives it a place in a stream of the server's own. */
  public static Message ofRequest(
      RowType type, Checked checked, int bytes, Answer answer, @Nullable Idempotency idempotency) {
    return new Message(type, checked, bytes, answer, null, false, idempotency);
  }

  /** Assigns the message its position. */
  public void place(StreamState inStream, Position there) {
    stream = inStream;
    position = there;
  }

  /** Whether the row, one of its own, comes from an archive and is past its retention. */
  public boolean isTakenBack(Row row) {
    return !takenBack.isEmpty() && takenBack.contains(row);
  }

  /** All its rows, valid or not. */
  public int rowsSent() {
    return rows.size() + refusedByRule.size();
  }

  /** Counts it in a budget until {@link #release}. */
  public void countIn(Budget its) {
    budget = its;
    its.take(memory());
  }

  /** It no longer takes up memory. */
  public void release() {
    if (budget != null) {
      budget.release(memory());
      budget = null;
    }
  }

  /** What identifies its owner to {@link FairQueue}. */
  public Object owner() {
    return budget == null ? Message.class : budget;
  }

  /** What identifies, within its owner's, the messages that must stay in order with it. */
  public Object order() {
    return isRequest ? Message.class : stream().name();
  }

  private long memory() {
    return OWN_BYTES + bytes + (long) ROW_BYTES * rowsSent();
  }

  /** The name of its kind; {@code records} if all its records were rejected. */
  public String word() {
    return type == RowType.RECORDS && !rows.isEmpty()
        ? ((RecordRow) rows.get(0)).declared().kind().name()
        : type.word();
  }

  /** How the message arrived, as named in metrics. */
  public String transport() {
    return isRequest ? "rest" : answer.transport();
  }

  public StreamState stream() {
    if (stream == null) {
      throw new IllegalStateException("a message is given its stream before it is written");
    }
    return stream;
  }

  public Position position() {
    return position;
  }

  /** Its number, as clients and rejects refer to it. */
  public long seq() {
    return position.at();
  }

  /** Counts a merged row: null if it was already stored, false if it replaced another. */
  public void merged(@Nullable Boolean isNew) {
    if (isNew == null) {
      duplicates++;
    } else if (isNew) {
      inserted++;
    } else {
      updated++;
    }
  }

  void startAttempt() {
    inserted = 0;
    duplicates = 0;
    updated = 0;
    conflicts = 0;
    refusedByDatabase.clear();
  }

  /**
   * It was found to be stored; unless one of our attempts did that, all its rows are duplicates.
   */
  public void foundStored() {
    if (inserted + duplicates + updated + countRefusedByDatabase() != rows.size()) {
      startAttempt();
      duplicates = rows.size();
    }
  }

  /** A row is already known, perhaps with different content. */
  public void duplicate(boolean conflicts) {
    duplicates++;
    this.conflicts += conflicts ? 1 : 0;
  }

  public void refusedByDatabase(Rejection rejection) {
    refusedByDatabase.add(rejection);
  }

  public int countRefusedByDatabase() {
    return refusedByDatabase.size();
  }

  public List<Rejection> refusedByRule() {
    return refusedByRule;
  }

  public List<Rejection> rejections() {
    if (refusedByDatabase.isEmpty()) {
      return refusedByRule;
    }
    List<Rejection> all = new ArrayList<>(refusedByRule);
    all.addAll(refusedByDatabase);
    return all;
  }
}
