/**
 * What a record is: {@link Kind} and its {@link Column}s as an operator declares them. Both ways
 * read it, neither is in it: no database, no socket. Read {@link Kind} first, then {@link
 * KindJson}.
 */
@NullMarked
package dev.candlewick.record;

import org.jspecify.annotations.NullMarked;
