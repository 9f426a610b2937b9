package dev.candlewick.record;

/**
 * A kind as the database has it.
 *
 * @param number what {@code ingest.changes} knows it by
 * @param version grows with each change; a kind only ever gets wider, so a row that was right by an
 *     older version is right by any newer one
 */
public record DeclaredKind(Kind kind, int number, int version) {}
