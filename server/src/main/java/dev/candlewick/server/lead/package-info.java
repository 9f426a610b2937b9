/**
 * Work that one instance does for all: which one it is, and how the others notice that it is gone.
 */
@NullMarked
package dev.candlewick.server.lead;

import org.jspecify.annotations.NullMarked;
