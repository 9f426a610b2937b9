package dev.candlewick.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private final AtomicLong clock = new AtomicLong();

  private void pass(double seconds) {
    clock.addAndGet((long) (seconds * 1e9));
  }

  @Test
  void letsTheRatePassAndNoMore() {
    TokenBucket bucket = new TokenBucket(100, 100, clock::get);
    long taken = 0;
    for (int i = 0; i < 1_000; i++) {
      pass(0.01);
      while (bucket.waitMillis() == 0) {
        bucket.take(3);
        taken += 3;
      }
    }
    assertThat(taken).isBetween(1_080L, 1_110L);
  }

  @Test
  void paysOffWhatWasTakenInDebt() {
    TokenBucket bucket = new TokenBucket(100, 100, clock::get);
    bucket.take(400);
    assertThat(bucket.waitMillis()).isEqualTo(3_010);
    pass(3);
    assertThat(bucket.waitMillis()).isEqualTo(10);
    pass(0.01);
    assertThat(bucket.waitMillis()).isZero();
  }

  @Test
  void savesNoMoreThanItHolds() {
    TokenBucket bucket = new TokenBucket(1, 5, clock::get);
    pass(1_000);
    bucket.take(5);
    assertThat(bucket.waitMillis()).isEqualTo(1_000);
  }

  @Test
  void takesUpAnotherLimit() {
    TokenBucket bucket = new TokenBucket(0, 0, clock::get);
    bucket.take(1_000_000);
    assertThat(bucket.waitMillis()).isZero();
    bucket.limit(10);
    bucket.take(20);
    assertThat(bucket.waitMillis()).isEqualTo(1_100);
    bucket.limit(0);
    assertThat(bucket.waitMillis()).isZero();
  }
}
