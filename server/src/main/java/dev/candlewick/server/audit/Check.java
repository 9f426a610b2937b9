package dev.candlewick.server.audit;

/**
 * One check of a {@link Scan}.
 *
 * @param name as in the answer of {@code GET /v1/audit}, snake_case
 * @param means what a failure means, for people
 * @param fault a condition over the scan's columns: true for a row that fails
 */
record Check(String name, String means, String fault) {}
