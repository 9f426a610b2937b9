package dev.candlewick.server.live;

import dev.candlewick.record.Column;
import dev.candlewick.server.record.Stored;
import java.util.List;

/** A record with all columns that its kind had when it was read. */
record LiveRecord(List<Column> columns, Stored stored) {}
