/**
 * What travels from a source to a lane and back: a {@link dev.candlewick.ingest.message.Message} at
 * its {@link dev.candlewick.ingest.message.Position} in a stream, counted in a {@link
 * dev.candlewick.ingest.message.Budget}; many of them in a {@link
 * dev.candlewick.ingest.message.Batch}, their rows as {@link dev.candlewick.ingest.message.Line}s;
 * and the {@link dev.candlewick.ingest.message.Answer} that their source waits for.
 */
@NullMarked
package dev.candlewick.ingest.message;

import org.jspecify.annotations.NullMarked;
