/**
 * Threads that write: a {@link dev.candlewick.ingest.lane.Lane} batches submitted messages, taking
 * API keys and their streams in turn ({@link dev.candlewick.ingest.lane.FairQueue}), and answers
 * them.
 *
 * <p>{@link dev.candlewick.ingest.lane.BatchWriter} retries a batch until it is written. While the
 * database is unavailable, a lane hands its messages to {@link
 * dev.candlewick.ingest.lane.LaneSpool}; {@link dev.candlewick.ingest.lane.Spooler} is the disk's
 * thread, and {@link dev.candlewick.ingest.lane.SpooledMessage} is a message's form on disk.
 */
@NullMarked
package dev.candlewick.ingest.lane;

import org.jspecify.annotations.NullMarked;
