package dev.candlewick.server.live;

import java.time.Duration;

/**
 * What one connection may take up.
 *
 * @param messageBytes size of a client's message
 * @param subscriptions at a time
 * @param waitingRows changed rows that wait because the client does not read
 * @param stall how long something may wait while the client reads nothing
 * @param heartbeat from one ping to the next; a client that is silent for three is closed
 */
record LiveLimits(
    int messageBytes, int subscriptions, int waitingRows, Duration stall, Duration heartbeat) {
  static final LiveLimits DEFAULT =
      new LiveLimits(65_536, 200, 20_000, Duration.ofSeconds(30), Duration.ofSeconds(20));
}
