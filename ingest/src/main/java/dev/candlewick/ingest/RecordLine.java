package dev.candlewick.ingest;

import org.jspecify.annotations.Nullable;

/** A record on its way into its table. */
record RecordLine(Message message, RecordRow row, @Nullable Integer instrumentId) {}
