/**
 * Trades and quotes as they were accepted. Read {@link TickHandler}, {@link TickQuery}, {@link
 * TickRepository}, {@link TickJson}.
 */
@NullMarked
package dev.candlewick.server.tick;

import org.jspecify.annotations.NullMarked;
