package dev.candlewick.record;

/**
 * A kind as stored in the database.
 *
 * @param number its number in {@code ingest.changes}
 * @param version increases with each change; a kind only ever gets wider, so a row valid under an
 *     older version is valid under any newer one
 */
public record DeclaredKind(Kind kind, int number, int version) {}
