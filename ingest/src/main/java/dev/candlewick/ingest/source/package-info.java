/**
 * What every source of rows goes through: {@link dev.candlewick.ingest.source.Intake} decodes and
 * validates what was sent, counts it in the {@link dev.candlewick.ingest.source.Quota} of its
 * {@link dev.candlewick.ingest.source.IngestKey} and hands it to a lane; {@link
 * dev.candlewick.ingest.source.RecordIntake} does so for declared kinds. The sources are sockets,
 * requests, dialects and Kafka, each in its own package.
 */
@NullMarked
package dev.candlewick.ingest.source;

import org.jspecify.annotations.NullMarked;
