/**
 * Writes a batch to the hypertables in one transaction.
 *
 * <p>{@link dev.candlewick.ingest.table.BatchTransaction} is the spine: {@link
 * dev.candlewick.ingest.table.Streams} moves the streams forward, {@link
 * dev.candlewick.ingest.table.InstrumentIds} finds the instruments, {@link
 * dev.candlewick.ingest.table.TickTable} copies trades and quotes, {@link
 * dev.candlewick.ingest.table.CandleTable} merges candles, {@link
 * dev.candlewick.ingest.table.RecordBatch} writes records, {@link
 * dev.candlewick.ingest.table.Amendments} corrects and cancels, {@link
 * dev.candlewick.ingest.table.DirtyMarks} marks what must be rolled up. {@link
 * dev.candlewick.ingest.table.KindCatalogue} knows which kinds of record are declared.
 */
@NullMarked
package dev.candlewick.ingest.table;

import org.jspecify.annotations.NullMarked;
