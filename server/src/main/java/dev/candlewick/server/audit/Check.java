package dev.candlewick.server.audit;

/**
 * One check of a {@link Scan}.
 *
 * @param name as {@code GET /v1/audit} answers it, snake_case
 * @param means what a failure is, for people
 * @param fault a condition over the scan's columns: true where a row fails
 */
record Check(String name, String means, String fault) {}
