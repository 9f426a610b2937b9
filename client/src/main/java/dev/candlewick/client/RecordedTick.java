package dev.candlewick.client;

/**
 * A tick and when it was recorded, nanoseconds since the epoch by the recorder's clock; the pace of
 * a replay follows that.
 */
record RecordedTick(Instrument instrument, Tick tick, long recorded) {}
