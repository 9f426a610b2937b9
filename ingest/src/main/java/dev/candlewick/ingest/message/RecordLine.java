package dev.candlewick.ingest.message;

import dev.candlewick.ingest.row.RecordRow;
import org.jspecify.annotations.Nullable;

/** A record on its way into its table. */
public record RecordLine(Message message, RecordRow row, @Nullable Integer instrumentId) {}
