package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MomentTest {
  @ParameterizedTest
  @CsvSource({
    "'10:20:10,14', 9, true",
    "'10:20:10,14', 10, false",
    "'10:20:10,14', 13, true",
    "'10:20:10,14', 14, false",
    "'10:20:10,14', 19, true",
    "'10:20:10,14', 20, false",
    "'20:20:', 19, true",
    "'20:20:', 20, false"
  })
  void seesWhatHadEnded(String snapshot, long transaction, boolean seen) {
    assertThat(Moment.parse(snapshot).sees(transaction)).isEqualTo(seen);
  }
}
