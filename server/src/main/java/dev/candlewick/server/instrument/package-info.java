/** Instruments: what they are, what is held of them, and their latest rows. */
@NullMarked
package dev.candlewick.server.instrument;

import org.jspecify.annotations.NullMarked;
