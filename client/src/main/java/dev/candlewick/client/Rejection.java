package dev.candlewick.client;

/**
 * A row that the server rejected for good; resending it changes nothing.
 *
 * @param seq number of its message
 * @param index position in the message, from 0
 * @param field the invalid field; empty if it is not a single one
 * @param code stable word, such as {@code not_finite} or {@code ts_too_old}
 */
public record Rejection(long seq, int index, String field, String code) {}
