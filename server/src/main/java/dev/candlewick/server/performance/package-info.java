/**
 * {@code GET /v1/performance}: statistics of the journal's closed trades. Read {@link
 * PerformanceHandler}, {@link PerformanceQuery}, {@link PerformanceRepository}, {@link Grouping},
 * {@link Performance}, {@link PerformanceJson}.
 */
@NullMarked
package dev.candlewick.server.performance;

import org.jspecify.annotations.NullMarked;
