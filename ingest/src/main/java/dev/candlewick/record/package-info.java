/**
 * What a row is: {@link Kind} and its {@link Column}s as an operator declares them, and {@link
 * MarketKind}, which declares trades, quotes and candles the same way. Both the write and the read
 * path depend on this package; it knows no database and no socket. Read {@link Kind} first, then
 * {@link KindJson} and {@link MarketKind}.
 */
@NullMarked
package dev.candlewick.record;

import org.jspecify.annotations.NullMarked;
