package dev.candlewick.client;

/**
 * A tick and when it was recorded, nanoseconds since the epoch by the recorder's clock, which sets
 * the pace of a replay.
 */
record RecordedTick(Instrument instrument, Tick tick, long recorded) {}
