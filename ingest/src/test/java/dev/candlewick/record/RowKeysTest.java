package dev.candlewick.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowKeysTest {
  private static List<Long> packedAndUnpacked(List<Long> numbers) {
    RowKeys keys = new RowKeys();
    for (int i = 0; i < numbers.size(); i += 2) {
      keys.add(numbers.get(i), numbers.get(i + 1));
    }
    List<Long> read = new ArrayList<>();
    RowKeys.read(
        keys.packed(),
        (ts, id) -> {
          read.add(ts);
          read.add(id);
        });
    return read;
  }

  @Test
  void readsBackWhatWasPacked() {
    Random random = new Random(3);
    List<Long> numbers = new ArrayList<>(List.of(0L, Long.MIN_VALUE, Long.MAX_VALUE, -1L));
    for (int i = 0; i < 10_000; i++) {
      numbers.add(random.nextLong() >> random.nextInt(64));
    }
    assertThat(packedAndUnpacked(numbers)).isEqualTo(numbers);
    assertThat(packedAndUnpacked(List.of())).isEmpty();
  }

  @Test
  void takesFewBytesForTheTradesOfOneFeed() {
    RowKeys keys = new RowKeys();
    for (int i = 0; i < 1_000; i++) {
      keys.add(1_795_000_000_000_000L + 30_000L * i, 4_000_000_000L + i);
    }
    assertThat(keys.packed().length).isLessThan(5_000);
  }
}
