/**
 * What a record is: {@link Kind} and its {@link Column}s as an operator declares them. Both the
 * write and the read path depend on this package; it knows no database and no socket. Read {@link
 * Kind} first, then {@link KindJson}.
 */
@NullMarked
package dev.candlewick.record;

import org.jspecify.annotations.NullMarked;
