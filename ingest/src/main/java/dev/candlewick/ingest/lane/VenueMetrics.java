package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.Trade;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Meters by venue, for what this server accepted. Clients choose venue names, so only the first
 * {@value #MOST} venues get their own label and all others share {@code other}.
 */
final class VenueMetrics {
  static final int MOST = 50;
  static final String OTHER = "other";

  private static final long MINUTE = 60_000_000L;

  /** A jump over more than this is the start of something new, not a gap in a feed. */
  private static final long LONGEST_GAP = 24 * 60 * MINUTE;

  /** Older rows are history being loaded. */
  private static final long LIVE = 60 * MINUTE;

  private final MeterRegistry registry;
  private final Map<String, Venue> venues = new ConcurrentHashMap<>();
  private final Counter late;

  VenueMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.late =
        Counter.builder("candlewick.ingest.late.trades")
            .description("Trades committed more than a second after their minute had ended")
            .register(registry);
    venues.put(OTHER, venue(OTHER));
  }

  /** Counts the committed rows of one message. */
  void committed(List<Row> rows, long nowMillis) {
    long now = nowMillis * 1_000;
    int lateTrades = 0;
    String name = "";
    Venue venue = null;
    for (Row row : rows) {
      InstrumentKey instrument = row.instrument();
      if (instrument == null) {
        continue;
      }
      if (venue == null || !instrument.venue().equals(name)) {
        name = instrument.venue();
        venue = find(name);
        venue.lastRows.set(nowMillis);
      }
      if (row instanceof Trade trade) {
        long minute = Math.floorDiv(trade.ts(), MINUTE);
        lateTrades += (minute + 1) * MINUTE + 1_000_000 < now ? 1 : 0;
        venue.saw(minute, now);
      }
    }
    late.increment(lateTrades);
  }

  private Venue find(String name) {
    Venue known = venues.get(name);
    if (known != null) {
      return known;
    }
    synchronized (this) {
      // One more than MOST: `other` is there from the start.
      return venues.computeIfAbsent(venues.size() > MOST ? OTHER : name, unknown -> venue(unknown));
    }
  }

  private Venue venue(String name) {
    Counter missing =
        Counter.builder("candlewick.ingest.missing.candles")
            .description(
                "One-minute candles that cannot be: minutes that a venue's live trades jumped over")
            .tag("venue", name)
            .register(registry);
    Venue venue = new Venue(missing);
    Gauge.builder("candlewick.ingest.last.rows.timestamp", venue.lastRows, at -> at.get() / 1e3)
        .baseUnit("seconds")
        .description(
            "When rows of this venue were last committed, epoch seconds; 0 before the first")
        .tag("venue", name)
        .strongReference(true)
        .register(registry);
    return venue;
  }

  private static final class Venue {
    final AtomicLong lastRows = new AtomicLong();
    private final AtomicLong newestMinute = new AtomicLong(Long.MIN_VALUE);
    private final Counter missing;

    Venue(Counter missing) {
      this.missing = missing;
    }

    void saw(long minute, long now) {
      if (minute <= newestMinute.get()) {
        return;
      }
      long before = newestMinute.getAndAccumulate(minute, Math::max);
      long jump = (minute - Math.max(before, 0)) * MINUTE;
      boolean live = now - minute * MINUTE < LIVE;
      if (before != Long.MIN_VALUE && live && jump > MINUTE && jump < LONGEST_GAP) {
        missing.increment(jump / (double) MINUTE - 1);
      }
    }
  }
}
