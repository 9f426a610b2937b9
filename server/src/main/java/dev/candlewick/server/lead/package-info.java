/** Work that one instance does for all: which one, and how the others learn that it is gone. */
@NullMarked
package dev.candlewick.server.lead;

import org.jspecify.annotations.NullMarked;
