package dev.candlewick.server;

import dev.candlewick.net.Problem;
import dev.candlewick.net.TokenBucket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Wrong keys by client address: an address that offers many of them has to wait. A valid key always
 * passes, because one client with a wrong key must not lock out its neighbours behind the same
 * address. Keeps only the addresses that failed last, so an attacker cannot fill the memory.
 */
final class FailedLogins {
  static final int ADDRESSES = 10_000;
  private static final int AT_ONCE = 60;
  private static final int PER_SECOND = 1;

  private final LongSupplier nanoTime;
  private final Map<String, TokenBucket> byAddress =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
          return size() > ADDRESSES;
        }
      };

  FailedLogins(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** One more from this address: the answer it gets. */
  synchronized Problem at(String address) {
    TokenBucket tries =
        byAddress.computeIfAbsent(
            network(address), first -> new TokenBucket(PER_SECOND, AT_ONCE, nanoTime));
    long wait = tries.waitMillis();
    if (wait > 0) {
      return Problem.rateLimited("too many wrong API keys from this address", wait);
    }
    tries.take(1);
    return new Problem(401, "unauthorized", "a valid API key is required");
  }

  /** A single customer has 2^64 IPv6 addresses: they count as one. */
  private static String network(String address) {
    return address.contains(":") ? address.replaceFirst("^((?:[^:]*:){4}).*", "$1") : address;
  }

  synchronized int addresses() {
    return byAddress.size();
  }
}
