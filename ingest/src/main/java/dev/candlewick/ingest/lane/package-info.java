/**
 * Threads that write: a {@link dev.candlewick.ingest.lane.Lane} makes batches of what is submitted,
 * the API keys by turns ({@link dev.candlewick.ingest.lane.FairQueue}), and answers.
 *
 * <p>{@link dev.candlewick.ingest.lane.BatchWriter} tries a batch until it is written. While the
 * database is away a lane leaves its messages to {@link dev.candlewick.ingest.lane.LaneSpool};
 * {@link dev.candlewick.ingest.lane.Spooler} is the thread of the disk, {@link
 * dev.candlewick.ingest.lane.SpooledMessage} the form of a message there.
 */
@NullMarked
package dev.candlewick.ingest.lane;

import org.jspecify.annotations.NullMarked;
