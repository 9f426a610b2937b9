/**
 * The write path: frame or request in, rows in the hypertables, an ack after COMMIT. {@link
 * dev.candlewick.ingest.Ingest} creates its parts, each a package that depends only on those below
 * it:
 *
 * <ol>
 *   <li>a source receives messages and keeps their sequence: {@link
 *       dev.candlewick.ingest.socket.IngestSession}, {@link
 *       dev.candlewick.ingest.rest.RestEndpoint}, {@link dev.candlewick.ingest.kafka.KafkaSource},
 *       {@code influx}
 *   <li>{@code source}: {@link dev.candlewick.ingest.source.Intake} has them decoded and validated,
 *       and hands them on
 *   <li>{@code decode}: {@link dev.candlewick.ingest.decode.JsonDecoder} turns bytes into raw rows,
 *       {@link dev.candlewick.ingest.decode.RowValidator} turns those into rows
 *   <li>{@code lane}: {@link dev.candlewick.ingest.lane.Lane} makes batches and answers, {@link
 *       dev.candlewick.ingest.lane.BatchWriter} retries until one is written
 *   <li>{@code table}: {@link dev.candlewick.ingest.table.BatchTransaction} is one attempt, {@link
 *       dev.candlewick.ingest.table.TickTable} copies, {@link
 *       dev.candlewick.ingest.table.DirtyMarks} marks minutes, COMMIT
 *   <li>what all of them use: {@code message} ({@link dev.candlewick.ingest.message.Message},
 *       {@link dev.candlewick.ingest.message.Answer}) and {@code row}
 * </ol>
 *
 * <p>Off the path: {@code spool}, the disk where messages wait while the database is unavailable,
 * and {@code change}, how live readers learn of a commit.
 */
@NullMarked
package dev.candlewick.ingest;

import org.jspecify.annotations.NullMarked;
