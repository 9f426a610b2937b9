package dev.candlewick.server.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** All meters of live data. */
final class LiveMetrics {
  private final Map<Channel, AtomicInteger> subscribers = new EnumMap<>(Channel.class);
  private final Map<Closed, Counter> closed = new EnumMap<>(Closed.class);
  private final Counter folded;

  /** Why a connection was closed. */
  enum Closed {
    BY_CLIENT,
    SLOW_CONSUMER,
    BEHIND,
    BAD_MESSAGE,
    SILENT,
    SERVER_STOPS
  }

  LiveMetrics(MeterRegistry registry) {
    for (Channel channel : Channel.values()) {
      AtomicInteger count = new AtomicInteger();
      subscribers.put(channel, count);
      Gauge.builder("candlewick.live.subscribers", count, AtomicInteger::get)
          .description("Subscriptions, by channel")
          .tag("channel", channel.word())
          .register(registry);
    }
    for (Closed why : Closed.values()) {
      closed.put(
          why,
          Counter.builder("candlewick.live.closed")
              .description("Connections closed, by reason")
              .tag("reason", why.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    folded =
        Counter.builder("candlewick.live.folded")
            .description("Updates of a candle that took the place of one not sent yet")
            .register(registry);
  }

  void subscribed(Channel channel) {
    count(channel, 1);
  }

  void unsubscribed(Channel channel) {
    count(channel, -1);
  }

  private void count(Channel channel, int change) {
    AtomicInteger count = subscribers.get(channel);
    if (count != null) {
      count.addAndGet(change);
    }
  }

  void folded(int updates) {
    folded.increment(updates);
  }

  void closed(Closed why) {
    Counter count = closed.get(why);
    if (count != null) {
      count.increment();
    }
  }
}
