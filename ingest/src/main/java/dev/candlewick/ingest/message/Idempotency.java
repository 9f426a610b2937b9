package dev.candlewick.ingest.message;

import dev.candlewick.ingest.message.Answer.Durability;
import java.util.function.BiFunction;

/**
 * What is stored with the rows of a request that has an Idempotency-Key.
 *
 * @param response builds the body of the answer once the rows are counted and it is known what
 *     COMMIT means
 */
public record Idempotency(
    int apiKeyId, String key, byte[] sha256, BiFunction<Message, Durability, String> response) {}
