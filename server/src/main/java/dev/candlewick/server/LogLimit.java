package dev.candlewick.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.candlewick.TokenBucket;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Bounds the log: of one kind of line, those of one place in the code, ten may come at once and one
 * a second after that. How many were left out is told with the next one. Named in logback.xml.
 */
public final class LogLimit extends TurboFilter {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLimit.class);
  private static final int AT_ONCE = 10;

  /** There are as many as places in the code that log; a bound in case a format is made up. */
  private static final int KINDS = 1_000;

  private final Map<String, Kind> kinds = new HashMap<>();

  private static final class Kind {
    private final TokenBucket lines = new TokenBucket(1, AT_ONCE, System::nanoTime);
    private int leftOut;
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
    int leftOut = leftOut(logger.getName() + " " + format);
    if (leftOut > 0) {
      LOG.warn("{} lines like the next were left out", leftOut);
    }
    return leftOut < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
  }

  /** How many of this kind were left out before this one; -1 if this one is to be left out. */
  private synchronized int leftOut(String name) {
    Kind kind = kinds.get(name);
    if (kind == null) {
      if (kinds.size() >= KINDS) {
        kinds.clear();
      }
      kind = new Kind();
      kinds.put(name, kind);
    }
    if (kind.lines.waitMillis() > 0) {
      kind.leftOut++;
      return -1;
    }
    kind.lines.take(1);
    int before = kind.leftOut;
    kind.leftOut = 0;
    return before;
  }
}
