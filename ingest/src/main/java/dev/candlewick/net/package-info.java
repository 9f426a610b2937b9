/**
 * Sockets, limits and problems, as every endpoint uses them: text frames assembled and checked,
 * rate limits, and the errors that clients see.
 */
@NullMarked
package dev.candlewick.net;

import org.jspecify.annotations.NullMarked;
