/**
 * WebSocket {@code /v1/ingest}: {@link dev.candlewick.ingest.socket.IngestEndpoint} upgrades,
 * {@link dev.candlewick.ingest.socket.IngestSession} keeps its stream's sequence, {@link
 * dev.candlewick.ingest.socket.PendingAck} collects what the next ack says, {@link
 * dev.candlewick.ingest.socket.Backpressure} stops reading when too much is in flight; {@link
 * dev.candlewick.ingest.socket.Sessions} knows who holds which stream.
 */
@NullMarked
package dev.candlewick.ingest.socket;

import org.jspecify.annotations.NullMarked;
