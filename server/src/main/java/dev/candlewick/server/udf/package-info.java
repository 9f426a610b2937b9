/**
 * TradingView's datafeed protocol ("UDF") over all venues of the store: {@code GET
 * /udf/{config,time,symbols,search,history}}. A symbol is {@code VENUE:SYMBOL}, or the bare symbol
 * if only one venue has it. Times are whole seconds since the epoch. As its clients expect, errors
 * have status 200 and {@code {"s":"error","errmsg"}}; only the server's own failures have another
 * status.
 *
 * <p>Read {@link UdfHandler}; {@link UdfInstruments} finds instruments and {@link SymbolInfo}
 * describes them; {@link HistoryQuery} parses (with {@link Resolution}), {@link HistoryJson}
 * writes.
 */
@NullMarked
package dev.candlewick.server.udf;

import org.jspecify.annotations.NullMarked;
