/**
 * The write way: frame or request in, rows in the hypertables, an ack after COMMIT.
 *
 * <p>The way of a trade, in the order in which its message is handed on:
 *
 * <ol>
 *   <li>{@link dev.candlewick.ingest.IngestEndpoint} upgrades, {@link
 *       dev.candlewick.ingest.IngestSession} takes a message and keeps its stream's sequence;
 *       {@link dev.candlewick.ingest.RestEndpoint} takes a request, {@link
 *       dev.candlewick.ingest.KafkaSource} a partition
 *   <li>{@link dev.candlewick.ingest.JsonDecoder} reads bytes into {@link
 *       dev.candlewick.ingest.RawRow}s, {@link dev.candlewick.ingest.PlainJson} those that are
 *       written as feeds usually do, {@link dev.candlewick.ingest.RestBody} other forms
 *   <li>{@link dev.candlewick.ingest.RowValidator} makes them {@link dev.candlewick.ingest.Trade}s,
 *       {@link dev.candlewick.ingest.Quote}s and {@link dev.candlewick.ingest.Candle}s, or refuses
 *       them by field and code
 *   <li>{@link dev.candlewick.ingest.Ingest} hands the {@link dev.candlewick.ingest.Message} to the
 *       {@link dev.candlewick.ingest.Lane} of its stream
 *   <li>{@link dev.candlewick.ingest.Lane} makes {@link dev.candlewick.ingest.Batch}es, the API
 *       keys by turns ({@link dev.candlewick.ingest.FairQueue}), and answers
 *   <li>{@link dev.candlewick.ingest.BatchWriter} tries a batch until it is written, {@link
 *       dev.candlewick.ingest.BatchTransaction} is one attempt: {@link
 *       dev.candlewick.ingest.Streams} moves the streams, {@link dev.candlewick.ingest.TickTable}
 *       copies, {@link dev.candlewick.ingest.DirtyMarks} marks minutes, COMMIT
 * </ol>
 *
 * <p>Beside the way:
 *
 * <ul>
 *   <li>records of declared kinds: {@link dev.candlewick.ingest.RecordIntake}, {@link
 *       dev.candlewick.ingest.RecordDecoder}, {@link dev.candlewick.ingest.RecordValidator}, {@link
 *       dev.candlewick.ingest.RecordBatch}; the declarations: {@link
 *       dev.candlewick.ingest.KindCatalogue}, {@link dev.candlewick.ingest.KindEndpoint}
 *   <li>corrected and cancelled trades: {@link dev.candlewick.ingest.Amendments}; what a trade is
 *       known by and where it stands: {@link dev.candlewick.ingest.TradeIds}, {@link
 *       dev.candlewick.ingest.TakenOrder}
 *   <li>while the database is away: {@link dev.candlewick.ingest.LaneSpool} and the package {@code
 *       spool}
 *   <li>bounds: {@link dev.candlewick.ingest.Budget}, {@link dev.candlewick.ingest.Quota}, {@link
 *       dev.candlewick.ingest.Backpressure}
 *   <li>other clients' words: the package {@code influx}; what changed, for live: the package
 *       {@code change}
 * </ul>
 */
@NullMarked
package dev.candlewick.ingest;

import org.jspecify.annotations.NullMarked;
