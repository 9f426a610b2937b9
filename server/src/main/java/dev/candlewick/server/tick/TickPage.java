package dev.candlewick.server.tick;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of ticks.
 *
 * @param rows in the requested order
 * @param last the tick after which the next page continues, null if there is none
 */
record TickPage<T extends Tick>(List<T> rows, @Nullable T last) {}
