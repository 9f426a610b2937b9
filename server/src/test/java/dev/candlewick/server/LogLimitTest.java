package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogLimitTest {
  private final LogLimit limit = new LogLimit();
  private final Logger logger = new LoggerContext().getLogger("a.place");

  private long written(int times, Level level, String format) {
    return IntStream.range(0, times)
        .mapToObj(i -> limit.decide(null, logger, level, format, new Object[] {i}, null))
        .filter(reply -> reply == FilterReply.NEUTRAL)
        .count();
  }

  @Test
  void aStormOfOneKindIsCutAndOtherKindsAreNot() {
    assertThat(written(10_000, Level.WARN, "database lost: {}")).isBetween(10L, 12L);
    assertThat(written(3, Level.WARN, "another thing: {}")).isEqualTo(3);
  }

  @Test
  void whatIsNotWrittenAnywayCostsNothing() {
    logger.setLevel(Level.INFO);
    assertThat(written(100, Level.DEBUG, "detail {}")).isEqualTo(100);
    assertThat(written(10, Level.INFO, "detail {}")).isEqualTo(10);
  }
}
