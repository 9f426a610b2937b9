package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.net.Problem;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private final AtomicLong clock = new AtomicLong();
  private final FailedLogins failed = new FailedLogins(clock::get);

  private int statusOf(String address, int times) {
    Problem last = failed.at(address);
    for (int i = 1; i < times; i++) {
      last = failed.at(address);
    }
    return last.status();
  }

  @Test
  void tellsAnAddressToWaitAfterManyWrongKeysAndForgives() {
    assertThat(statusOf("192.0.2.1", 60)).isEqualTo(401);
    Problem told = failed.at("192.0.2.1");
    assertThat(told.status()).isEqualTo(429);
    assertThat(told.retryAfter()).isEqualTo(1);
    assertThat(statusOf("192.0.2.2", 1)).isEqualTo(401);
    clock.addAndGet(2_000_000_000L);
    assertThat(statusOf("192.0.2.1", 1)).isEqualTo(401);
  }

  @Test
  void aNetworkOfIpv6AddressesCountsAsOne() {
    for (int i = 0; i < 60; i++) {
      assertThat(statusOf("2001:db8:0:7:0:0:0:" + i, 1)).isEqualTo(401);
    }
    assertThat(statusOf("2001:db8:0:7:ffff:0:0:1", 1)).isEqualTo(429);
    assertThat(statusOf("2001:db8:0:8:0:0:0:1", 1)).isEqualTo(401);
  }

  @Test
  void aMillionAddressesFillNoMemory() {
    for (int i = 0; i < 1_000_000; i++) {
      failed.at("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
    }
    assertThat(failed.addresses()).isEqualTo(FailedLogins.ADDRESSES);
  }
}
