package dev.candlewick.server.live;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.record.Choice;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Caller;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Committed rows, for other protocols, which share the reading with the subscribers of {@code
 * /v1/subscribe}.
 */
public final class LiveFeed {
  /** After the last row, every change is news. */
  private static final Start LAST = new Start(null, 1);

  private final Groups groups;

  LiveFeed(Groups groups) {
    this.groups = groups;
  }

  /** A subscription; must be ended once, even if it was rejected or lost. */
  @FunctionalInterface
  public interface Ending {
    void end();
  }

  /** Sends the last candle and every change to it and later ones. */
  public Ending candles(int instrument, Timeframe timeframe, Subscriber<Candle> subscriber) {
    return join(Channel.CANDLES, instrument, timeframe, subscriber);
  }

  /** Sends the last trade and every one committed from then on. */
  public Ending trades(int instrument, Subscriber<Trade> subscriber) {
    return join(Channel.TRADES, instrument, null, subscriber);
  }

  /** Sends the newest rows of a kind whose columns have these values, and every change to them. */
  public Ending records(
      String kind, Map<String, List<String>> values, Subscriber<LiveRecord> subscriber) {
    Place place = new Place();
    groups
        .records()
        .kind(kind)
        .map(found -> Choice.of(found, values, true, Caller.ANYONE))
        .onSuccess(
            choice -> {
              int number = -choice.declared().number();
              Groups.Key key = new Groups.Key(Channel.RECORDS, number, null);
              place.taken(() -> groups.join(key, subscriber, Start.EVERYTHING.of(choice)));
            })
        .onFailure(subscriber::refused);
    return place::end;
  }

  /** A place in a group that is taken later, unless it has been given up before. */
  private final class Place {
    private Groups.@Nullable Place<?> place;
    private boolean ended;

    synchronized void taken(Supplier<Groups.Place<?>> join) {
      if (!ended) {
        place = join.get();
      }
    }

    synchronized void end() {
      ended = true;
      if (place != null) {
        groups.leave(place);
      }
    }
  }

  private <T> Ending join(
      Channel channel, int instrument, @Nullable Timeframe timeframe, Subscriber<T> subscriber) {
    Groups.Place<T> place =
        groups.join(new Groups.Key(channel, instrument, timeframe), subscriber, LAST);
    return () -> groups.leave(place);
  }
}
