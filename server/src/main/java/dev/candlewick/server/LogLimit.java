package dev.candlewick.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.candlewick.net.TokenBucket;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Limits the log. Of the same kind of line, meaning one place in the code, three may come in a row
 * and then one every ten seconds; of all kinds together there are at most nine in any second, but
 * errors are not held back by others. The next line of a kind says how many were left out.
 * Referenced in logback.xml.
 */
public final class LogLimit extends TurboFilter {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLimit.class);
  private static final int AT_ONCE = 3;
  private static final int SECONDS_BETWEEN = 10;
  private static final int ALL_AT_ONCE = 4;
  private static final int ALL_PER_SECOND = 3;

  /**
   * There are only as many as places in the code that log; bounded in case a format is generated.
   */
  private static final int KINDS = 1_000;

  private final Map<String, Kind> kinds = new HashMap<>();
  private final TokenBucket all;
  private final LongSupplier nanoTime;

  /** Uses the system clock. */
  public LogLimit() {
    this(System::nanoTime);
  }

  LogLimit(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.all = new TokenBucket(ALL_PER_SECOND, ALL_AT_ONCE, nanoTime);
  }

  private static final class Kind {
    private final TokenBucket lines;
    private int leftOut;

    Kind(TokenBucket lines) {
      this.lines = lines;
    }
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    boolean written = format != null && level.isGreaterOrEqual(logger.getEffectiveLevel());
    if (!written || logger.getName().equals(LOG.getName())) {
      return FilterReply.NEUTRAL;
    }
    boolean waits = !level.isGreaterOrEqual(Level.ERROR);
    int leftOut = leftOut(logger.getName() + " " + format, waits);
    if (leftOut > 0) {
      LOG.warn("{} lines like the next were left out", leftOut);
    }
    return leftOut < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
  }

  /**
   * How many of this kind were left out before this one; -1 if this one is to be left out.
   *
   * @param waits whether lines of other kinds may be the reason
   */
  private synchronized int leftOut(String name, boolean waits) {
    Kind kind = kinds.get(name);
    if (kind == null) {
      if (kinds.size() >= KINDS) {
        kinds.clear();
      }
      LongSupplier slowly = () -> nanoTime.getAsLong() / SECONDS_BETWEEN;
      kind = new Kind(new TokenBucket(1, AT_ONCE, slowly));
      kinds.put(name, kind);
    }
    if (kind.lines.waitMillis() > 0 || (waits && all.waitMillis() > 0)) {
      kind.leftOut++;
      return -1;
    }
    kind.lines.take(1);
    // The line that reports what was left out counts too.
    all.take(kind.leftOut > 0 ? 2 : 1);
    int before = kind.leftOut;
    kind.leftOut = 0;
    return before;
  }
}
