/**
 * Sockets, limits and problems, as every endpoint uses them: text frames put together and checked,
 * tokens of a rate, and the errors that a client is told.
 */
@NullMarked
package dev.candlewick.net;

import org.jspecify.annotations.NullMarked;
