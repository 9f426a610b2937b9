package dev.candlewick.server.tick;

import java.util.List;

/**
 * Ticks at one moment.
 *
 * @param rows ascending
 * @param moment the {@code pg_snapshot} that says which commits they include
 */
public record TickMoment<T extends Tick>(List<T> rows, String moment) {}
