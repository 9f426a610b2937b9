/**
 * {@code GET /v1/performance}: what the closed trades of the journal come to. Read {@link
 * PerformanceHandler}, {@link PerformanceQuery}, {@link PerformanceRepository}, {@link Grouping},
 * {@link Performance}, {@link PerformanceJson}.
 */
@NullMarked
package dev.candlewick.server.performance;

import org.jspecify.annotations.NullMarked;
