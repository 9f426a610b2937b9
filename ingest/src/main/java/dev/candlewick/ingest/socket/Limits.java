package dev.candlewick.ingest.socket;

/**
 * The limits that {@code welcome} gives a WebSocket client.
 *
 * @param messageBytes size of a message
 * @param rows rows in a message
 * @param inflightMessages unacked messages
 * @param inflightBytes their total size
 */
public record Limits(int messageBytes, int rows, int inflightMessages, int inflightBytes) {}
