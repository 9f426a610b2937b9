package dev.candlewick.ingest;

import java.util.function.Function;

/**
 * What is kept with the rows of a request that has an Idempotency-Key.
 *
 * @param response makes the body of the answer once the rows are counted
 */
record Idempotency(int apiKeyId, String key, byte[] sha256, Function<Message, String> response) {}
