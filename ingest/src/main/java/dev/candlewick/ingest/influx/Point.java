package dev.candlewick.ingest.influx;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line as it was written, with escapes removed.
 *
 * @param line its number in the body, from 1
 * @param text the whole line
 * @param values its tags and fields by name, in order: a {@link String} for a tag, a string or a
 *     decimal, a {@link Long}, a {@link Boolean}, or a {@link Stamp}
 * @param decimals the names of the fields with decimal values
 * @param time in the unit that the request names; null if the line has none
 */
record Point(
    int line,
    String text,
    String measurement,
    Map<String, Object> values,
    Set<String> decimals,
    @Nullable Long time) {

  /** A field of QuestDB's timestamp type, nanoseconds since the epoch. */
  record Stamp(long nanos) {}
}
