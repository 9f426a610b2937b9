package dev.candlewick.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.rollup.LevelRefresh.Stretch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LevelRefreshTest {
  private static final long NOW = 1_795_280_123;
  private static final long FIVE_YEARS = 5 * 365 * 86_400L;

  @ParameterizedTest
  @ValueSource(ints = {300, 900, 3_600, 14_400, 86_400})
  void yearsOfHistoryAreRefreshedInSlicesWithoutAGap(int level) {
    long first = NOW - FIVE_YEARS;
    List<Stretch> slices = LevelRefresh.slices(level, 7, first, NOW);
    assertThat(slices.get(0).from()).isEqualTo(level);
    assertThat(slices.get(slices.size() - 1).to()).isBetween(NOW - level + 1, NOW);
    for (int i = 1; i < slices.size(); i++) {
      assertThat(slices.get(i).from()).isEqualTo(slices.get(i - 1).to());
      assertThat(slices.get(i).to() - slices.get(i).from()).isLessThanOrEqualTo(4_000L * level);
    }
    assertThat(slices.get(0).to()).as("nothing is there before").isLessThanOrEqualTo(first);
    assertThat(slices)
        .allSatisfy(slice -> assertThat(slice.from() % level + slice.to() % level).isZero())
        .hasSizeLessThan(140);
  }

  @Test
  void whereNothingIsThereOneCallIsEnough() {
    assertThat(LevelRefresh.slices(300, 0, Long.MAX_VALUE, 900))
        .containsExactly(new Stretch(0, 900));
    assertThat(LevelRefresh.slices(300, 901, Long.MAX_VALUE, 1_100)).isEmpty();
  }
}
