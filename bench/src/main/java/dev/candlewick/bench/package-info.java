/**
 * {@code candlewick bench}: what the server costs over the database, measured side by side on the
 * user's own machine. Speaks the wire contract to the server and plain SQL to the database; uses
 * neither's code.
 *
 * <p>Read in this order:
 *
 * <ol>
 *   <li>{@link dev.candlewick.bench.Bench}: what is measured, against what, in which order
 *   <li>{@link dev.candlewick.bench.BenchTrades}: the rows, the same for the same seed
 *   <li>{@link dev.candlewick.bench.IngestBench}: raw COPY, WebSocket and REST
 *   <li>{@link dev.candlewick.bench.QueryBench}: candle queries and the same SQL
 *   <li>{@link dev.candlewick.bench.LatencyBench}: trade to ack, trade to subscriber
 *   <li>{@link dev.candlewick.bench.SubscribersBench}: a thousand subscribers, and the server's
 *       memory
 *   <li>{@link dev.candlewick.bench.BackfillRows}: backfills of several shapes and sizes, and their
 *       effect on others; {@link dev.candlewick.bench.BackfillBench} is one load
 *   <li>{@link dev.candlewick.bench.Figures}: the table and the JSON
 * </ol>
 */
@NullMarked
package dev.candlewick.bench;

import org.jspecify.annotations.NullMarked;
