/**
 * WebSocket {@code /v1/ingest}: {@link dev.candlewick.ingest.socket.IngestEndpoint} upgrades,
 * {@link dev.candlewick.ingest.socket.IngestSession} keeps the sequence of its stream, {@link
 * dev.candlewick.ingest.socket.PendingAck} collects what its next ack says, {@link
 * dev.candlewick.ingest.socket.Backpressure} stops reading where too much is in flight; {@link
 * dev.candlewick.ingest.socket.Sessions} knows who holds which stream.
 */
@NullMarked
package dev.candlewick.ingest.socket;

import org.jspecify.annotations.NullMarked;
