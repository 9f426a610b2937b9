/**
 * Bytes to rows: no socket and no database are known here.
 *
 * <p>{@link dev.candlewick.ingest.decode.JsonDecoder} reads a message into an {@link
 * dev.candlewick.ingest.decode.Envelope} of {@link dev.candlewick.ingest.decode.RawRow}s, {@link
 * dev.candlewick.ingest.decode.PlainJson} those that are written as feeds usually do, {@link
 * dev.candlewick.ingest.decode.RestBody} the other forms of a body; {@link
 * dev.candlewick.ingest.decode.RowValidator} makes rows of them or refuses them by field and code.
 * For declared kinds: {@link dev.candlewick.ingest.decode.RecordDecoder} and {@link
 * dev.candlewick.ingest.decode.RecordValidator}.
 */
@NullMarked
package dev.candlewick.ingest.decode;

import org.jspecify.annotations.NullMarked;
