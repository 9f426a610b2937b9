package dev.candlewick.server.live;

import dev.candlewick.record.ChangeKind;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.record.LiveRecordRepository;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every group that has subscribers, and the feed that tells them what was committed. All of it runs
 * on one context; the methods here may be called from anywhere.
 */
final class Groups {
  private static final int READS_AT_A_TIME = 4;

  /** Candles may take long to read: they leave processors to others. */
  private static final int CANDLES_AT_A_TIME =
      Math.max(1, Math.min(READS_AT_A_TIME, Runtime.getRuntime().availableProcessors() / 2));

  private final Vertx vertx;
  private final Context context;
  private final LiveRepository repository;
  private final Candles candles;
  private final Clock clock;
  private final ChangeFeed feed;
  private final Turns turns = new Turns(READS_AT_A_TIME);
  private final Turns ofCandles = new Turns(CANDLES_AT_A_TIME);
  private final Map<Integer, Map<Key, Group<?>>> groups = new HashMap<>();

  /**
   * What a group is for; ticks have no timeframe, and records have the negative number of their
   * kind in place of an instrument.
   */
  record Key(Channel channel, int instrument, @Nullable Timeframe timeframe) {}

  /** A place in a group, from {@link #join} to {@link #leave}. */
  static final class Place<T> {
    private final Key key;
    private final Subscriber<T> subscriber;
    private boolean left;

    private Place(Key key, Subscriber<T> subscriber) {
      this.key = key;
      this.subscriber = subscriber;
    }
  }

  /**
   * No group yet.
   *
   * @param untold how often to look for commits that were not announced
   */
  Groups(Vertx vertx, LiveRepository repository, Candles candles, Clock clock, Duration untold) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.repository = repository;
    this.candles = candles;
    this.clock = clock;
    this.feed =
        new ChangeFeed(
            repository, context, untold, ChangeFeed.LOST_AFTER, this::changed, this::lose);
  }

  LiveRecordRepository records() {
    return repository.records();
  }

  /** The subscriber receives a snapshot and then updates, or a rejection. */
  <T> Place<T> join(Key key, Subscriber<T> subscriber, Start start) {
    Place<T> place = new Place<>(key, subscriber);
    context.runOnContext(
        hop ->
            feed.follow(key.instrument())
                .onSuccess(
                    following -> {
                      if (!place.left) {
                        Group<T> group = group(key);
                        group.join(subscriber, start);
                      }
                    })
                .onFailure(subscriber::refused));
    return place;
  }

  /** Must be called once for each {@link #join}, even if it failed. */
  void leave(Place<?> place) {
    context.runOnContext(
        hop -> {
          place.left = true;
          feed.unfollow(place.key.instrument());
          leaveGroup(place);
        });
  }

  private <T> void leaveGroup(Place<T> place) {
    Map<Key, Group<?>> ofInstrument = groups.getOrDefault(place.key.instrument(), Map.of());
    if (ofInstrument.containsKey(place.key)) {
      Group<T> group = group(place.key);
      group.leave(place.subscriber);
      if (group.isEmpty()) {
        ofInstrument.remove(place.key);
      }
    }
    if (ofInstrument.isEmpty()) {
      groups.remove(place.key.instrument());
    }
  }

  /** A key's channel determines the type of its rows, and so of its subscribers. */
  @SuppressWarnings("unchecked")
  private <T> Group<T> group(Key key) {
    return (Group<T>)
        groups
            .computeIfAbsent(key.instrument(), id -> new HashMap<>())
            .computeIfAbsent(key, this::make);
  }

  private Group<?> make(Key key) {
    int id = key.instrument();
    Timeframe timeframe = key.timeframe();
    if (timeframe != null) {
      return new CandleGroup(
          id, timeframe, candles, ofCandles, repository.trades(), turns, vertx, clock);
    }
    if (key.channel() == Channel.RECORDS) {
      return new RecordGroup(repository.records(), turns, vertx);
    }
    return key.channel() == Channel.TRADES
        ? new TickGroup<>(id, ChangeKind.TRADES, repository.trades(), turns, vertx)
        : new TickGroup<>(id, ChangeKind.QUOTES, repository.quotes(), turns, vertx);
  }

  private void changed(Change change) {
    groups
        .getOrDefault(change.instrument(), Map.of())
        .values()
        .forEach(group -> group.changed(change));
  }

  private void lose() {
    for (Map<Key, Group<?>> ofInstrument : List.copyOf(groups.values())) {
      ofInstrument.values().forEach(Group::lose);
    }
  }
}
