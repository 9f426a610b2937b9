package dev.candlewick.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Groups ticks into messages of one instrument and kind each, cut by the number of rows alone,
 * never by time. The same ticks in the same order always give the same messages, which lets a feed
 * use the server's {@code next_seq} as its own position.
 */
final class TickBatcher {
  /**
   * Most rows in open batches over all instruments; beyond that, the longest open message is sent
   * as it is.
   */
  private static final int MOST_OPEN_BATCHES = 32;

  private record Lane(Instrument instrument, Class<? extends Tick> kind) {}

  private final int rows;
  private final Map<Lane, List<Tick>> open = new LinkedHashMap<>();
  private int held;
  private long recorded;

  /** Batches of {@code rows} rows. */
  TickBatcher(int rows) {
    this.rows = rows;
  }

  /** Adds a tick; returns the message that this completes, or null. */
  @Nullable RecordedMessage add(RecordedTick tick) {
    Lane lane = new Lane(tick.instrument(), tick.tick().getClass());
    List<Tick> batch = open.computeIfAbsent(lane, l -> new ArrayList<>());
    batch.add(tick.tick());
    held++;
    recorded = tick.recorded();
    if (batch.size() == rows) {
      return close(lane);
    }
    return held >= MOST_OPEN_BATCHES * rows ? close(open.keySet().iterator().next()) : null;
  }

  /** The messages still open, in the order they were started; none is open afterwards. */
  List<RecordedMessage> rest() {
    List<RecordedMessage> messages = new ArrayList<>();
    while (!open.isEmpty()) {
      messages.add(close(open.keySet().iterator().next()));
    }
    return messages;
  }

  private RecordedMessage close(Lane lane) {
    List<Tick> batch = open.remove(lane);
    if (batch == null) {
      throw new IllegalStateException("no open batch of " + lane);
    }
    held -= batch.size();
    return new RecordedMessage(TickMessage.of(lane.instrument, batch), recorded);
  }
}
