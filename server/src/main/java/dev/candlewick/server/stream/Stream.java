package dev.candlewick.server.stream;

/**
 * How far a feed's stream is stored.
 *
 * @param apiKeyId whose it is; 0 if no keys are configured
 * @param epoch how many times it was opened
 * @param committedSeq every message up to this one is stored
 * @param rows how many rows it brought
 * @param createdAt microseconds since the epoch, like {@code lastActivity}
 */
record Stream(
    int apiKeyId,
    String stream,
    long epoch,
    long committedSeq,
    long rows,
    long createdAt,
    long lastActivity) {}
