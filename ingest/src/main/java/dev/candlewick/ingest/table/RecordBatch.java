package dev.candlewick.ingest.table;

import dev.candlewick.ingest.change.Changes;
import dev.candlewick.ingest.message.Answer.Drop;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.RecordLine;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.RecordRow;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.table.BatchTransaction.DroppedException;
import dev.candlewick.ingest.table.InstrumentIds.Id;
import dev.candlewick.record.DeclaredKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of one batch on their way into the tables of their kinds. */
final class RecordBatch {
  private static final Logger LOG = LoggerFactory.getLogger(RecordBatch.class);

  private static final String NUMBERS =
      "select kind, number from ingest.kinds where kind = any (?)";

  private final Connection connection;
  private final Batch batch;
  private final Changes changes;

  RecordBatch(Connection connection, Batch batch, Changes changes) {
    this.connection = connection;
    this.batch = batch;
    this.changes = changes;
  }

  /** Rows of one kind, under the newest of their versions: each version only adds columns. */
  private static final class OfKind {
    DeclaredKind declared;
    final List<RecordLine> lines = new ArrayList<>();

    OfKind(DeclaredKind declared) {
      this.declared = declared;
    }
  }

  /** Writes them, one kind after another, always in the same order. */
  void write(Map<InstrumentKey, Id> ids) throws SQLException, DroppedException {
    Map<String, OfKind> byKind = new TreeMap<>();
    for (Message message : batch.messages()) {
      if (message.type == RowType.RECORDS) {
        for (Row each : message.rows) {
          RecordRow row = (RecordRow) each;
          OfKind its =
              byKind.computeIfAbsent(
                  row.declared().kind().name(), name -> new OfKind(row.declared()));
          if (row.declared().version() > its.declared.version()) {
            its.declared = row.declared();
          }
          InstrumentKey instrument = row.instrument();
          its.lines.add(
              new RecordLine(
                  message,
                  row,
                  instrument == null ? null : ids.getOrDefault(instrument, Id.NONE).number()));
        }
      }
    }
    Map<String, Integer> held = numbers(byKind.keySet());
    for (OfKind its : byKind.values()) {
      if (!Objects.equals(held.get(its.declared.kind().name()), its.declared.number())) {
        refuse(its, Rejection.Code.UNKNOWN_KIND, "the kind is not declared");
        continue;
      }
      write(its);
    }
  }

  /** A table that does not match its declaration blocks only the rows meant for it. */
  private void write(OfKind its) throws SQLException, DroppedException {
    RecordTable table = new RecordTable(its.declared.kind());
    if (!batch.carefully) {
      upsert(its.declared, table, its.lines);
      return;
    }
    Savepoint before = connection.setSavepoint();
    try {
      upsertHalving(its.declared, table, its.lines);
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      if (!SqlStates.isOfTable(e)) {
        throw e;
      }
      connection.rollback(before);
      String name = its.declared.kind().name();
      LOG.error("kind {} cannot be written, its table is not as declared: {}", name, e.toString());
      drop(its);
      refuse(its, Rejection.Code.REFUSED_BY_DATABASE, "kind " + name + " cannot be written");
    }
  }

  /** Requests can be sent again once the table is as it should be. */
  private static void drop(OfKind its) throws DroppedException {
    List<Message> requests =
        its.lines.stream().map(RecordLine::message).filter(m -> m.isRequest).distinct().toList();
    if (!requests.isEmpty()) {
      throw new DroppedException(requests, Drop.KIND_UNWRITABLE);
    }
  }

  /** The numbers of these kinds: a database that went back in time may no longer have them. */
  private Map<String, Integer> numbers(Set<String> names) throws SQLException {
    Map<String, Integer> numbers = new HashMap<>();
    if (names.isEmpty()) {
      return numbers;
    }
    try (PreparedStatement find = connection.prepareStatement(NUMBERS)) {
      find.setArray(1, connection.createArrayOf("text", names.toArray()));
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          numbers.put(row.getString(1), row.getInt(2));
        }
      }
    }
    return numbers;
  }

  private static void refuse(OfKind refused, Rejection.Code code, String why)
      throws DroppedException {
    for (RecordLine line : refused.lines) {
      Message message = line.message();
      message.refusedByDatabase(new Rejection(line.row().index(), null, code, why));
      if (!message.answer.takesPart()) {
        throw new DroppedException(List.of(message), Drop.ROW_REFUSED);
      }
    }
  }

  private void upsertHalving(DeclaredKind declared, RecordTable table, List<RecordLine> lines)
      throws SQLException, DroppedException {
    Savepoint before = connection.setSavepoint();
    try {
      upsert(declared, table, lines);
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      if (SqlStates.sort(e) != SqlStates.Verdict.BAD_ROW) {
        throw e;
      }
      connection.rollback(before);
      if (lines.size() == 1) {
        BatchTransaction.refuse(lines.get(0).message(), lines.get(0).row(), e);
        return;
      }
      upsertHalving(declared, table, lines.subList(0, lines.size() / 2));
      upsertHalving(declared, table, lines.subList(lines.size() / 2, lines.size()));
    }
  }

  /**
   * Of equal identities the last one that says something new is written: the others came before it.
   */
  private void upsert(DeclaredKind declared, RecordTable table, List<RecordLine> lines)
      throws SQLException {
    Map<List<Object>, List<RecordLine>> byIdentity = new LinkedHashMap<>();
    for (RecordLine line : lines) {
      byIdentity.computeIfAbsent(line.row().identity(), first -> new ArrayList<>()).add(line);
    }
    List<List<RecordLine>> groups = List.copyOf(byIdentity.values());
    List<RecordLine> winners = new ArrayList<>(groups.size());
    for (List<RecordLine> same : groups) {
      RecordLine winner = same.get(0);
      for (RecordLine next : same) {
        winner = next.row().sameContent(winner.row()) ? winner : next;
      }
      winners.add(winner);
    }
    Map<Integer, Boolean> written = table.upsert(connection, winners);
    for (int i = 0; i < groups.size(); i++) {
      Boolean isNew = written.get(i);
      count(groups.get(i), isNew);
      if (isNew != null) {
        RecordLine winner = winners.get(i);
        changes.add(declared.number(), winner.row().ts(), table.key(winner));
      }
    }
  }

  /** The database decides about the first, and what they replace decides about the others. */
  private static void count(List<RecordLine> same, @Nullable Boolean isNew) {
    RecordLine held = same.get(0);
    held.message().merged(isNew);
    for (RecordLine next : same.subList(1, same.size())) {
      if (next.row().sameContent(held.row())) {
        next.message().duplicates++;
      } else {
        next.message().updated++;
        held = next;
      }
    }
  }
}
