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
 * @param minute of the candle, in minutes since the epoch, after which it is no longer the forming
 *     one
 */
record KeptLatest(long minute, Buffer json) implements Kept {
  private static final int OWN_BYTES = 100;

  /** Everything else that the JSON depends on. */
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
