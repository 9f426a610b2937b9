package dev.candlewick.server.live;

import dev.candlewick.record.Kind;
import dev.candlewick.server.record.Choice;
import dev.candlewick.server.record.LiveRecordRepository.State;
import dev.candlewick.server.record.Stored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber to records, and what it has been sent; until its snapshot is there, commits wait. A
 * row that was sent and has been rewritten so that it no longer matches the filters is sent once
 * more: its content shows that it is out.
 */
final class RecordMember {
  /** How many sent rows are remembered; older ones leave the filters unnoticed. */
  private static final int MOST_TOLD = 2 * Start.MOST;

  final Subscriber<LiveRecord> subscriber;
  final Choice choice;
  private final long from;
  private final @Nullable Set<Long> told;
  private @Nullable Moment moment;
  private List<Committed> meanwhile = new ArrayList<>();

  /** A row with all columns of the kind, as read after this commit. */
  record Committed(long transaction, Kind kind, Stored row) {}

  RecordMember(Subscriber<LiveRecord> subscriber, Choice choice, Start start) {
    this.subscriber = subscriber;
    this.choice = choice;
    this.from = start.from() == null ? Long.MIN_VALUE : start.from();
    this.told = choice.canBeLeft() ? newest() : null;
  }

  private static Set<Long> newest() {
    return Collections.newSetFromMap(
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MOST_TOLD;
          }
        });
  }

  void begin(State state) {
    moment = Moment.parse(state.moment());
    Kind kind = choice.declared().kind();
    List<LiveRecord> rows = new ArrayList<>(state.rows().size());
    for (Stored row : state.rows()) {
      rows.add(new LiveRecord(kind.columns(), row));
      if (told != null) {
        told.add(identity(row));
      }
    }
    subscriber.snapshot(rows);
    tell(meanwhile);
    meanwhile = List.of();
  }

  void tell(List<Committed> rows) {
    Moment seen = moment;
    if (seen == null) {
      meanwhile.addAll(rows);
      return;
    }
    List<LiveRecord> news = new ArrayList<>();
    for (Committed committed : rows) {
      if (!seen.sees(committed.transaction()) && concerns(committed)) {
        news.add(new LiveRecord(committed.kind().columns(), committed.row()));
      }
    }
    if (!news.isEmpty()) {
      subscriber.update(news);
    }
  }

  private boolean concerns(Committed committed) {
    Stored row = committed.row();
    boolean passes = row.ts() >= from && choice.passes(committed.kind(), row);
    if (told == null) {
      return passes;
    }
    if (passes) {
      told.add(identity(row));
      return true;
    }
    return told.remove(identity(row));
  }

  /** Equal for two rows with the same identity; rarely for others. */
  private long identity(Stored row) {
    long hash = choice.latest() ? 1 : row.ts();
    for (String part : row.key()) {
      for (int i = 0; i < part.length(); i++) {
        hash = 0x5DEECE66DL * hash + part.charAt(i);
      }
      hash = 0x5DEECE66DL * hash + 0x10000;
    }
    return hash;
  }
}
