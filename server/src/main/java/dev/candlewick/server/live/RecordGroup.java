package dev.candlewick.server.live;

import static java.util.Objects.requireNonNull;

import dev.candlewick.net.Problem;
import dev.candlewick.record.ChangeKind;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.RecordKeys;
import dev.candlewick.server.record.Choice;
import dev.candlewick.server.record.LiveRecordRepository;
import dev.candlewick.server.record.LiveRecordRepository.View;
import dev.candlewick.server.web.InOrder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one kind. Commits name the keys of their rows; the rows, or the newest of those
 * keys, are read by key and sent in the order of the commits. A subscriber is sent the rows of the
 * commits that its snapshot did not see.
 */
final class RecordGroup implements Group<LiveRecord> {
  private static final Logger LOG = LoggerFactory.getLogger(RecordGroup.class);
  private static final long RETRY_MILLIS = 500;
  private static final int MOST_READ = 500;
  private static final int MOST_PENDING = 500_000;

  private final LiveRecordRepository records;
  private final Turns turns;
  private final Vertx vertx;
  private final List<RecordMember> members = new ArrayList<>();
  private List<Changed> pending = new ArrayList<>();
  private boolean busy;

  private record Changed(long transaction, long ts, List<String> key)
      implements LiveRecordRepository.Identity {}

  RecordGroup(LiveRecordRepository records, Turns turns, Vertx vertx) {
    this.records = records;
    this.turns = turns;
    this.vertx = vertx;
  }

  @Override
  public void join(Subscriber<LiveRecord> subscriber, Start start) {
    Choice choice = requireNonNull(start.records());
    RecordMember member = new RecordMember(subscriber, choice, start);
    members.add(member);
    turns
        .take(() -> records.moment(choice, start.range(), start.limit()))
        .onComplete(
            read -> {
              if (!members.contains(member)) {
                return;
              }
              if (read.failed()) {
                members.remove(member);
                subscriber.refused(read.cause());
              } else if (read.result().cut() || read.result().rows().size() > Start.MOST) {
                // A snapshot must be whole.
                members.remove(member);
                subscriber.refused(tooMuch(choice, start));
              } else {
                member.begin(read.result());
              }
            });
  }

  private static Problem tooMuch(Choice choice, Start start) {
    if (start.from() == null) {
      return Problem.badParameter(
          "last", start.last() + " rows take more than 16 MiB; ask for fewer");
    }
    return Problem.badParameter(
        choice.latest() ? "latest" : "from",
        "more than "
            + Start.MOST
            + " rows or 16 MiB; read them by GET /v1/records/"
            + choice.declared().kind().name());
  }

  @Override
  public void leave(Subscriber<LiveRecord> subscriber) {
    members.removeIf(member -> member.subscriber == subscriber);
  }

  @Override
  public boolean isEmpty() {
    return members.isEmpty();
  }

  @Override
  public void changed(Change change) {
    if (change.kind() != ChangeKind.RECORDS) {
      return;
    }
    RecordKeys.read(
        change.keys(), (ts, key) -> pending.add(new Changed(change.transaction(), ts, key)));
    if (pending.size() > MOST_PENDING) {
      lose();
    }
    next();
  }

  @Override
  public void lose() {
    pending.clear();
    List<RecordMember> lost = List.copyOf(members);
    members.clear();
    lost.forEach(member -> member.subscriber.lost());
  }

  private void next() {
    if (busy || pending.isEmpty() || members.isEmpty()) {
      return;
    }
    busy = true;
    List<Changed> changed = List.copyOf(pending.subList(0, Math.min(MOST_READ, pending.size())));
    pending = new ArrayList<>(pending.subList(changed.size(), pending.size()));
    read(members.get(0).choice.declared().kind().name(), changed);
  }

  /** Rows that subscribers need are read once for all of them. */
  private void read(String name, List<Changed> changed) {
    Map<View, List<RecordMember.Committed>> found = new LinkedHashMap<>();
    members.forEach(member -> found.put(member.choice.view(), new ArrayList<>()));
    turns
        .take(
            () ->
                records
                    .kind(name)
                    .compose(
                        kind ->
                            InOrder.each(
                                found.entrySet(),
                                its -> find(kind, its.getKey(), changed, its.getValue()))))
        .onComplete(
            read -> {
              if (read.failed() && !members.isEmpty()) {
                LOG.warn("records not read, trying again: {}", read.cause().toString());
                vertx.setTimer(RETRY_MILLIS, fired -> read(name, changed));
                return;
              }
              for (RecordMember member : List.copyOf(members)) {
                member.tell(found.getOrDefault(member.choice.view(), List.of()));
              }
              busy = false;
              next();
            });
  }

  private Future<Void> find(
      DeclaredKind declared, View view, List<Changed> changed, List<RecordMember.Committed> found) {
    return records.find(
        declared.kind(),
        view,
        changed,
        (place, row) ->
            found.add(
                new RecordMember.Committed(
                    changed.get(place).transaction(), declared.kind(), row)));
  }
}
