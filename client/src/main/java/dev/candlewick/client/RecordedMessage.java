package dev.candlewick.client;

/**
 * A message and when the row that completed it was recorded, nanoseconds since the epoch; 0 if
 * unknown.
 */
record RecordedMessage(TickMessage message, long recorded) {}
