/**
 * Closed and amended candles, published to a Kafka topic.
 *
 * <p>Read {@link CandleTopic} (the loop: one instance at a time), {@link OutRepository} (which
 * candles are due, and what was published), {@link Candidates} (reads them as {@code GET
 * /v1/candles} does), {@link TopicProducer} (one Kafka transaction per batch).
 *
 * <p>Exactly once, for consumers that read committed transactions: a batch is numbered, and
 * recorded in the database before it is sent; its number goes into Kafka in the transaction that
 * carries its candles. Whoever takes over asks Kafka for the last number: anything recorded beyond
 * it was never published.
 */
@NullMarked
package dev.candlewick.server.topic;

import org.jspecify.annotations.NullMarked;
