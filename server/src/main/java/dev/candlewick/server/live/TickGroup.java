package dev.candlewick.server.live;

import dev.candlewick.net.Problem;
import dev.candlewick.record.ChangeKind;
import dev.candlewick.record.RowKeys;
import dev.candlewick.server.tick.LiveTickRepository;
import dev.candlewick.server.tick.Tick;
import dev.candlewick.server.tick.TickMoment;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instrument's trades or quotes. Commits name the keys of their rows; the rows are read by key
 * and sent in the order of the commits. A subscriber is sent the rows of the commits that its
 * snapshot did not see: each row once, whenever it was committed.
 */
final class TickGroup<T extends Tick> implements Group<T> {
  private static final Logger LOG = LoggerFactory.getLogger(TickGroup.class);
  private static final long RETRY_MILLIS = 500;
  private static final int MOST_READ = 5_000;
  private static final int MOST_PENDING = 500_000;

  private final int instrument;
  private final ChangeKind kind;
  private final LiveTickRepository<T> ticks;
  private final Turns turns;
  private final Vertx vertx;
  private final List<Member<T>> members = new ArrayList<>();
  private List<Key> pending = new ArrayList<>();
  private boolean busy;

  private record Key(long transaction, long ts, long id) implements LiveTickRepository.Key {}

  private record Committed<T>(long transaction, T row) {}

  /** A subscriber; until its snapshot is there, commits wait. */
  private static final class Member<T extends Tick> {
    final Subscriber<T> subscriber;
    final long from;
    @Nullable Moment moment;
    List<Committed<T>> meanwhile = new ArrayList<>();

    Member(Subscriber<T> subscriber, Start start) {
      this.subscriber = subscriber;
      this.from = start.from() == null ? Long.MIN_VALUE : start.from();
    }

    void tell(List<Committed<T>> rows) {
      if (moment == null) {
        meanwhile.addAll(rows);
        return;
      }
      Moment seen = moment;
      List<T> news =
          rows.stream()
              .filter(committed -> !seen.sees(committed.transaction()))
              .map(Committed::row)
              .filter(row -> row.ts() >= from)
              .toList();
      if (!news.isEmpty()) {
        subscriber.update(news);
      }
    }

    void begin(TickMoment<T> state) {
      moment = Moment.parse(state.moment());
      subscriber.snapshot(state.rows());
      tell(meanwhile);
      meanwhile = List.of();
    }
  }

  TickGroup(
      int instrument, ChangeKind kind, LiveTickRepository<T> ticks, Turns turns, Vertx vertx) {
    this.instrument = instrument;
    this.kind = kind;
    this.ticks = ticks;
    this.turns = turns;
    this.vertx = vertx;
  }

  @Override
  public void join(Subscriber<T> subscriber, Start start) {
    Member<T> member = new Member<>(subscriber, start);
    members.add(member);
    turns
        .take(() -> ticks.moment(instrument, start.range(), start.limit()))
        .onComplete(
            read -> {
              if (!members.contains(member)) {
                return;
              }
              if (read.failed()) {
                members.remove(member);
                subscriber.refused(read.cause());
              } else if (start.from() != null && read.result().rows().size() > Start.MOST) {
                members.remove(member);
                subscriber.refused(tooMany());
              } else {
                member.begin(read.result());
              }
            });
  }

  private Problem tooMany() {
    String word = kind.name().toLowerCase(Locale.ROOT);
    return new Problem(
        400,
        "bad_parameter",
        "from: more than " + Start.MOST + " rows; read older ones by GET /v1/" + word);
  }

  @Override
  public void leave(Subscriber<T> subscriber) {
    members.removeIf(member -> member.subscriber == subscriber);
  }

  @Override
  public boolean isEmpty() {
    return members.isEmpty();
  }

  @Override
  public void changed(Change change) {
    if (change.kind() != kind) {
      return;
    }
    RowKeys.read(change.keys(), (ts, id) -> pending.add(new Key(change.transaction(), ts, id)));
    if (pending.size() > MOST_PENDING) {
      lose();
    }
    next();
  }

  @Override
  public void lose() {
    pending.clear();
    List<Member<T>> lost = List.copyOf(members);
    members.clear();
    lost.forEach(member -> member.subscriber.lost());
  }

  private void next() {
    if (busy || pending.isEmpty()) {
      return;
    }
    busy = true;
    List<Key> keys = List.copyOf(pending.subList(0, Math.min(MOST_READ, pending.size())));
    pending = new ArrayList<>(pending.subList(keys.size(), pending.size()));
    read(keys);
  }

  private void read(List<Key> keys) {
    List<Committed<T>> rows = new ArrayList<>(keys.size());
    LiveTickRepository.Found<T> found =
        (place, row) -> rows.add(new Committed<>(keys.get(place).transaction(), row));
    turns
        .take(() -> ticks.find(instrument, keys, found))
        .onComplete(
            read -> {
              if (read.failed() && !members.isEmpty()) {
                LOG.warn("{} not read, trying again: {}", kind, read.cause().toString());
                vertx.setTimer(RETRY_MILLIS, fired -> read(keys));
                return;
              }
              List.copyOf(members).forEach(member -> member.tell(rows));
              busy = false;
              next();
            });
  }
}
