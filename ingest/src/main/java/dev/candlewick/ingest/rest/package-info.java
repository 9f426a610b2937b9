/**
 * Rows by HTTP: {@link dev.candlewick.ingest.rest.RestEndpoint} for {@code POST /v1/trades} and its
 * likes, {@link dev.candlewick.ingest.rest.DialectRequest} for other clients' words, {@link
 * dev.candlewick.ingest.rest.KindEndpoint} for declarations of kinds; {@link
 * dev.candlewick.ingest.rest.Requests} has the bounds that hold for all of them, {@link
 * dev.candlewick.ingest.rest.RestAnswer} answers after COMMIT.
 */
@NullMarked
package dev.candlewick.ingest.rest;

import org.jspecify.annotations.NullMarked;
