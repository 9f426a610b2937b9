/**
 * InfluxDB line protocol on the write path, for Telegraf, the InfluxDB and QuestDB clients (over
 * HTTP) and cryptofeed: {@code POST /api/v2/write}, {@code POST /write}, {@code GET /ping}, {@code
 * GET /settings}.
 *
 * <p>Read in this order: {@link dev.candlewick.ingest.influx.InfluxHandler} receives a request,
 * {@link dev.candlewick.ingest.influx.LineProtocol} parses its lines into {@link
 * dev.candlewick.ingest.influx.Point}s, {@link dev.candlewick.ingest.influx.PointRows} turns those
 * into rows; from there on the path is the same as for REST.
 */
@NullMarked
package dev.candlewick.ingest.influx;

import org.jspecify.annotations.NullMarked;
