/**
 * The newest of each instrument. Read {@link LatestHandler}, {@link LatestQuery}, {@link
 * LatestMemory}, {@link LatestRepository}, {@link LatestJson}.
 */
@NullMarked
package dev.candlewick.server.latest;

import org.jspecify.annotations.NullMarked;
