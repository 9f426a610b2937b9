/**
 * The write way: frame or request in, rows in the hypertables, an ack after COMMIT. {@link
 * dev.candlewick.ingest.Ingest} makes its parts, each a package that knows only those below it:
 *
 * <ol>
 *   <li>a source takes what is sent and keeps its sequence: {@link
 *       dev.candlewick.ingest.socket.IngestSession}, {@link
 *       dev.candlewick.ingest.rest.RestEndpoint}, {@link dev.candlewick.ingest.kafka.KafkaSource},
 *       {@code influx}
 *   <li>{@code source}: {@link dev.candlewick.ingest.source.Intake} has it read and checked, and
 *       hands it on
 *   <li>{@code decode}: {@link dev.candlewick.ingest.decode.JsonDecoder} makes raw rows of bytes,
 *       {@link dev.candlewick.ingest.decode.RowValidator} rows of those
 *   <li>{@code lane}: {@link dev.candlewick.ingest.lane.Lane} makes batches and answers, {@link
 *       dev.candlewick.ingest.lane.BatchWriter} tries until one is written
 *   <li>{@code table}: {@link dev.candlewick.ingest.table.BatchTransaction} is one attempt, {@link
 *       dev.candlewick.ingest.table.TickTable} copies, {@link
 *       dev.candlewick.ingest.table.DirtyMarks} marks minutes, COMMIT
 *   <li>what all of them speak of: {@code message} ({@link dev.candlewick.ingest.message.Message},
 *       {@link dev.candlewick.ingest.message.Answer}) and {@code row}
 * </ol>
 *
 * <p>Beside the way: {@code spool}, the disk that messages wait on while the database is away, and
 * {@code change}, what live is told of a commit.
 */
@NullMarked
package dev.candlewick.ingest;

import org.jspecify.annotations.NullMarked;
