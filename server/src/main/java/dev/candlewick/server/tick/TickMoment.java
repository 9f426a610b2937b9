package dev.candlewick.server.tick;

import java.util.List;

/**
 * Ticks as they were at one moment.
 *
 * @param rows ascending
 * @param moment the {@code pg_snapshot} that tells which commits are among them
 */
public record TickMoment<T extends Tick>(List<T> rows, String moment) {}
