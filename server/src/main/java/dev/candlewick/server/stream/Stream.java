package dev.candlewick.server.stream;

/**
 * How far a feed's stream is stored.
 *
 * @param apiKeyId whose name space it is in; 0 while no keys are configured
 * @param epoch how many times it was opened
 * @param committedSeq every message up to this one is stored
 * @param rows how many rows it brought
 * @param createdAt microseconds since the epoch, as is {@code lastActivity}
 */
record Stream(
    int apiKeyId,
    String stream,
    long epoch,
    long committedSeq,
    long rows,
    long createdAt,
    long lastActivity) {}
