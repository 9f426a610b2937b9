/**
 * Records of declared kinds, as they are read: {@code GET /v1/records/{kind}}. Read {@link
 * RecordHandler}, {@link KindRepository} (what the kind is), {@link RecordQuery} (what is asked),
 * {@link RecordRepository} (finding it, by the statements of {@link RecordSql}), {@link RecordText}
 * (writing it).
 */
@NullMarked
package dev.candlewick.server.record;

import org.jspecify.annotations.NullMarked;
