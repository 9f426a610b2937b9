package dev.candlewick.ingest.source;

import dev.candlewick.ingest.decode.DecodeException;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.decode.Envelope;
import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.decode.JsonDecoder;
import dev.candlewick.ingest.decode.RawRecord;
import dev.candlewick.ingest.decode.RecordDecoder;
import dev.candlewick.ingest.decode.RecordValidator;
import dev.candlewick.ingest.decode.RestBody;
import dev.candlewick.ingest.decode.TimeBounds;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.table.KindCatalogue;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Retention;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of declared kinds, decoded and validated. {@link #mayBeStale} says if the kind is unknown,
 * or if a newer declaration might accept what this one rejects.
 */
public final class RecordIntake {
  private static final Set<Rejection.Code> LIFTED_BY_A_CHANGE =
      Set.of(
          Rejection.Code.UNKNOWN_KIND,
          Rejection.Code.UNKNOWN_FIELD,
          Rejection.Code.NOT_IN_VALUES,
          Rejection.Code.TS_TOO_OLD);

  private final KindCatalogue kinds;
  private final Retention retention;
  private final JsonDecoder heads;
  private final int maxRows;

  /** {@code maxRows}: in one message. */
  public RecordIntake(KindCatalogue kinds, Retention retention, int maxRows) {
    this.kinds = kinds;
    this.retention = retention;
    this.heads = JsonDecoder.ofHeads(maxRows);
    this.maxRows = maxRows;
  }

  /** Whether asking the database may change what was rejected. */
  public static boolean mayBeStale(Message.Checked checked) {
    return checked.rejections().stream().anyMatch(r -> LIFTED_BY_A_CHANGE.contains(r.code()));
  }

  /** The rows of a frame whose header fields are decoded. */
  public Message.Checked frame(String kind, Defaults defaults, byte[] json, IngestKey key)
      throws DecodeException {
    Optional<DeclaredKind> declared = kinds.find(kind);
    if (declared.isEmpty()) {
      return unknown(kind, RecordDecoder.count(json, maxRows));
    }
    RecordDecoder decoder = new RecordDecoder(declared.get().kind(), maxRows);
    return check(declared.get(), defaults, decoder.rows(json), key);
  }

  /** The rows of a REST body. */
  public Message.Checked body(
      String kind, RestBody form, byte[] sent, Defaults query, boolean skipsBadLines, IngestKey key)
      throws DecodeException {
    Optional<DeclaredKind> declared = kinds.find(kind);
    if (declared.isEmpty()) {
      return unknown(kind, 1);
    }
    byte[] body = RestBody.text(sent);
    RecordDecoder decoder = new RecordDecoder(declared.get().kind(), maxRows);
    if (form == RestBody.JSON) {
      Envelope head = heads.decodeAny(body);
      if (head.kind() != null && !head.kind().equals(kind)) {
        throw new DecodeException(Fault.BAD_MESSAGE, "kind does not match the one in the path");
      }
      Defaults defaults = head.withDefaults(query).defaults();
      return check(declared.get(), defaults, decoder.rows(body), key);
    }
    List<RawRecord> rows = form.lines(body, decoder, maxRows, skipsBadLines);
    return check(declared.get(), query, rows, key);
  }

  /**
   * Rows of a dialect, values by name: row times in nanoseconds, whole numbers in timestamp columns
   * in units of so many nanoseconds.
   */
  public Message.Checked values(
      String kind, List<Map<String, Object>> rows, long nanosPerUnit, IngestKey key) {
    Optional<DeclaredKind> declared = kinds.find(kind);
    if (declared.isEmpty()) {
      return unknown(kind, rows.size());
    }
    RecordDecoder decoder = new RecordDecoder(declared.get().kind(), maxRows);
    List<RawRecord> raw = new ArrayList<>(rows.size());
    rows.forEach(row -> raw.add(decoder.values(row, nanosPerUnit)));
    Defaults nanoseconds = new Defaults(null, null, null, Envelope.TimeUnit.NS);
    return check(declared.get(), nanoseconds, raw, key);
  }

  private Message.Checked check(
      DeclaredKind declared, Defaults defaults, List<RawRecord> raw, IngestKey key) {
    Set<String> bots = key.bots();
    if (!bots.isEmpty() && !declared.kind().key().contains("bot")) {
      return all(
          raw.size(),
          "bot",
          Rejection.Code.FORBIDDEN_BOT,
          "this API key may write only kinds that have bot in their key");
    }
    List<Row> rows = new ArrayList<>(raw.size());
    List<Rejection> rejections = new ArrayList<>(0);
    TimeBounds bounds = new TimeBounds(Instant.now(), retention);
    new RecordValidator(declared, defaults, bounds, bots).check(raw, rows, rejections);
    return new Message.Checked(rows, rejections);
  }

  private static Message.Checked unknown(String kind, int rows) {
    return all(
        rows,
        "kind",
        Rejection.Code.UNKNOWN_KIND,
        "no kind \"" + Rejection.excerpt(kind) + "\" is declared");
  }

  private static Message.Checked all(
      int rows, @Nullable String field, Rejection.Code code, String detail) {
    List<Rejection> rejections = new ArrayList<>(rows);
    for (int index = 0; index < rows; index++) {
      rejections.add(new Rejection(index, field, code, detail));
    }
    return new Message.Checked(List.of(), Collections.unmodifiableList(rejections));
  }
}
