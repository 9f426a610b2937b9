package dev.candlewick.server.candle;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneOffsetTransitionRule;
import java.time.zone.ZoneRules;

/** The granularity, in seconds, of a zone's offsets from UTC: an hour, for India half an hour. */
final class ZoneGrid {
  private static final long DAY = 86_400;

  private ZoneGrid() {}

  /** A length that divides a day and every offset that the zone has had since 1970. */
  static long of(ZoneId zone) {
    ZoneRules rules = zone.getRules();
    long grid = gcd(DAY, offset(rules.getOffset(Instant.EPOCH)));
    for (ZoneOffsetTransition change : rules.getTransitions()) {
      if (change.getInstant().isAfter(Instant.EPOCH)) {
        grid = gcd(grid, offset(change.getOffsetAfter()));
      }
    }
    for (ZoneOffsetTransitionRule rule : rules.getTransitionRules()) {
      grid = gcd(grid, offset(rule.getOffsetAfter()));
    }
    return grid;
  }

  static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static long offset(ZoneOffset offset) {
    return Math.abs((long) offset.getTotalSeconds());
  }
}
