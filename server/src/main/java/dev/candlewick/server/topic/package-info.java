/**
 * Closed and amended candles, told to a topic of Kafka.
 *
 * <p>Read {@link CandleTopic} (the loop: one instance at a time), {@link OutRepository} (which
 * candles are due, and what was told), {@link Candidates} (reads them as {@code GET /v1/candles}
 * does), {@link TopicProducer} (one transaction of Kafka for each batch).
 *
 * <p>Exactly once, for whoever reads committed transactions: a batch is numbered, and noted in the
 * database before it is sent; its number goes into Kafka in the transaction that carries its
 * candles. Whoever goes on asks Kafka for the last number: what is noted beyond it was never told.
 */
@NullMarked
package dev.candlewick.server.topic;

import org.jspecify.annotations.NullMarked;
