/**
 * Rows as the tables know them, checked and complete.
 *
 * <p>A {@link dev.candlewick.ingest.row.Trade}, {@link dev.candlewick.ingest.row.Quote} or {@link
 * dev.candlewick.ingest.row.Candle} of an {@link dev.candlewick.ingest.row.InstrumentKey}, or a
 * {@link dev.candlewick.ingest.row.RecordRow} of a declared kind; what is wrong with a row that was
 * refused is a {@link dev.candlewick.ingest.row.Rejection}. {@link
 * dev.candlewick.ingest.row.RowType} and {@link dev.candlewick.ingest.row.Field} are what a row of
 * market data may be and hold; {@link dev.candlewick.ingest.row.TradeIds} says what a trade is
 * known by.
 */
@NullMarked
package dev.candlewick.ingest.row;

import org.jspecify.annotations.NullMarked;
