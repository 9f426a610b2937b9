package dev.candlewick.ingest.socket;

/**
 * What {@code welcome} tells a WebSocket client.
 *
 * @param messageBytes size of a message
 * @param rows rows of a message
 * @param inflightMessages messages sent and not acked
 * @param inflightBytes their size
 */
public record Limits(int messageBytes, int rows, int inflightMessages, int inflightBytes) {}
