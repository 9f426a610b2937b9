package dev.candlewick.ingest.influx;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line as it was written, its escapes undone.
 *
 * @param line its number in the body, from 1
 * @param text all of it
 * @param values its tags and fields by name, in their order: a {@link String} for a tag, a string
 *     or a decimal, a {@link Long}, a {@link Boolean}, or a {@link Stamp}
 * @param decimals the names of the fields whose value is a decimal
 * @param time in the unit that the request names; null if the line has none
 */
record Point(
    int line,
    String text,
    String measurement,
    Map<String, Object> values,
    Set<String> decimals,
    @Nullable Long time) {

  /** A field of QuestDB's type timestamp, nanoseconds since the epoch. */
  record Stamp(long nanos) {}
}
