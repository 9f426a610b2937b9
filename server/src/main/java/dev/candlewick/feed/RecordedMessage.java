package dev.candlewick.feed;

/** A message and when the row that completed it was recorded, nanoseconds since the epoch. */
record RecordedMessage(TickMessage message, long recorded) {}
