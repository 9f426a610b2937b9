package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogLimitTest {
  private long now = 1;
  private final LogLimit limit = new LogLimit(() -> now);
  private final Logger logger = new LoggerContext().getLogger("a.place");

  private long written(int times, Level level, String format) {
    return IntStream.range(0, times).filter(i -> writes(level, format)).count();
  }

  private boolean writes(Level level, String format) {
    return limit.decide(null, logger, level, format, null, null) == FilterReply.NEUTRAL;
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void ofOneKindThreeComeAtOnceAndOneInTenSeconds() {
    assertThat(written(10_000, Level.WARN, "database lost: {}")).isEqualTo(3);
    long later = 0;
    for (int second = 0; second < 100; second++) {
      pass(Duration.ofSeconds(1));
      later += written(100, Level.WARN, "database lost: {}");
    }
    assertThat(later).isBetween(10L, 11L);
  }

  @Test
  void aStormOfOneKindLeavesRoomForOthers() {
    written(10_000, Level.WARN, "database lost: {}");
    assertThat(written(1, Level.WARN, "another thing")).isEqualTo(1);
  }

  @Test
  void ofAllKindsThereAreAtMostNineInASecond() {
    long[] ofMillisecond = new long[5_000];
    for (int millis = 0; millis < ofMillisecond.length; millis++) {
      for (int kind = 0; kind < 200; kind++) {
        ofMillisecond[millis] += written(1, Level.WARN, "kind " + kind);
      }
      pass(Duration.ofMillis(1));
    }
    for (int from = 0; from + 1_000 <= ofMillisecond.length; from++) {
      assertThat(IntStream.range(from, from + 1_000).mapToLong(i -> ofMillisecond[i]).sum())
          .isBetween(1L, 9L);
    }
  }

  @Test
  void errorsAreNotHeldBackByOtherKinds() {
    for (int kind = 0; kind < 200; kind++) {
      written(10, Level.WARN, "kind " + kind);
    }
    assertThat(written(10, Level.WARN, "another thing")).isZero();
    assertThat(written(10, Level.ERROR, "an error")).isEqualTo(3);
  }

  @Test
  void whatIsNotWrittenAnywayCostsNothing() {
    logger.setLevel(Level.INFO);
    assertThat(written(100, Level.DEBUG, "detail {}")).isEqualTo(100);
    assertThat(written(10, Level.INFO, "detail {}")).isEqualTo(3);
  }
}
