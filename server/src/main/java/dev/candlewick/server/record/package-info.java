/**
 * Reads records of declared kinds: {@code GET /v1/records/{kind}}. Read {@link RecordHandler},
 * {@link KindRepository} (what the kind is), {@link RecordQuery} (the request), {@link
 * RecordRepository} (finding them, with the statements of {@link RecordSql}), {@link RecordText}
 * (writing them).
 */
@NullMarked
package dev.candlewick.server.record;

import org.jspecify.annotations.NullMarked;
