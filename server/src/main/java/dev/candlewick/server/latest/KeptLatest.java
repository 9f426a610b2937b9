package dev.candlewick.server.latest;

import dev.candlewick.server.memory.Change;
import dev.candlewick.server.memory.Kept;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest rows of one instrument as JSON.
 *
 * @param minute of the candle, in minutes since the epoch: it is the forming one for no longer
 */
record KeptLatest(long minute, Buffer json) implements Kept {
  private static final int OWN_BYTES = 100;

  /** All that the JSON depends on beside the rows. */
  record Key(Times unit) {}

  static long minuteNow() {
    return Math.floorDiv(Instant.now().getEpochSecond(), 60);
  }

  @Override
  public long bytes() {
    return OWN_BYTES + json.length();
  }

  @Override
  public @Nullable Kept without(Change change) {
    return null;
  }

  @Override
  public Kept over(Kept before) {
    return this;
  }
}
