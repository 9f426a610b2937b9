package dev.candlewick.server.stream;

import org.jspecify.annotations.Nullable;

/**
 * A row that was rejected for good.
 *
 * @param id increases with time
 * @param seq its message
 * @param index its position in the message
 * @param at when, microseconds since the epoch
 * @param apiKeyId whose stream it is
 */
record Reject(
    long id,
    String stream,
    long seq,
    int index,
    @Nullable String field,
    String code,
    @Nullable String detail,
    long at,
    int apiKeyId) {}
