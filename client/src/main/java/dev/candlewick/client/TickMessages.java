package dev.candlewick.client;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The ticks of a recorded file in messages. */
final class TickMessages implements MessageReader {
  private final TickReader ticks;
  private final TickBatcher batcher;
  private final Queue<RecordedMessage> rest = new ArrayDeque<>();

  TickMessages(TickReader ticks, int batch) {
    this.ticks = ticks;
    this.batcher = new TickBatcher(batch);
  }

  @Override
  public @Nullable RecordedMessage next() throws IOException {
    for (RecordedTick tick = ticks.next(); tick != null; tick = ticks.next()) {
      RecordedMessage message = batcher.add(tick);
      if (message != null) {
        return message;
      }
    }
    rest.addAll(batcher.rest());
    return rest.poll();
  }

  @Override
  public String place(long message, int index) {
    return "message " + message + ", row " + index;
  }

  @Override
  public void close() throws IOException {
    ticks.close();
  }
}
