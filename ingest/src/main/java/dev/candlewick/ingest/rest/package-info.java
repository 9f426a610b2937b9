/**
 * Rows over HTTP: {@link dev.candlewick.ingest.rest.RestEndpoint} for {@code POST /v1/trades} and
 * the like, {@link dev.candlewick.ingest.rest.DialectRequest} for other clients' protocols, {@link
 * dev.candlewick.ingest.rest.KindEndpoint} for declaring kinds; {@link
 * dev.candlewick.ingest.rest.Requests} has the limits that apply to all of them, {@link
 * dev.candlewick.ingest.rest.RestAnswer} answers after COMMIT.
 */
@NullMarked
package dev.candlewick.ingest.rest;

import org.jspecify.annotations.NullMarked;
