package dev.candlewick.server.live;

import java.time.Duration;

/**
 * The limits of one connection.
 *
 * @param messageBytes size of a client's message
 * @param subscriptions at the same time
 * @param waitingRows changed rows that wait because the client does not read
 * @param stall how long something may wait while the client reads nothing
 * @param heartbeat interval between pings; a client that is silent for three is closed
 */
record LiveLimits(
    int messageBytes, int subscriptions, int waitingRows, Duration stall, Duration heartbeat) {
  static final LiveLimits DEFAULT =
      new LiveLimits(65_536, 200, 20_000, Duration.ofSeconds(30), Duration.ofSeconds(20));
}
