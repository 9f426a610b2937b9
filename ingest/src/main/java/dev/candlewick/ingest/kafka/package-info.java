/**
 * Rows from Kafka: {@link dev.candlewick.ingest.kafka.KafkaSource} polls, a {@link
 * dev.candlewick.ingest.kafka.KafkaPartition} is a stream whose offsets are its sequence, {@link
 * dev.candlewick.ingest.kafka.KafkaValue} reads a value, {@link
 * dev.candlewick.ingest.kafka.KafkaTopics} detects a topic that was deleted and created again.
 */
@NullMarked
package dev.candlewick.ingest.kafka;

import org.jspecify.annotations.NullMarked;
