/**
 * InfluxDB line protocol on the write way, for Telegraf, the clients of InfluxDB and of QuestDB
 * (over HTTP) and cryptofeed: {@code POST /api/v2/write}, {@code POST /write}, {@code GET /ping},
 * {@code GET /settings}.
 *
 * <p>Read in this order: {@link dev.candlewick.ingest.influx.InfluxHandler} takes a request, {@link
 * dev.candlewick.ingest.influx.LineProtocol} makes {@link dev.candlewick.ingest.influx.Point}s of
 * its lines, {@link dev.candlewick.ingest.influx.PointRows} makes rows of those; from there on the
 * way is that of REST.
 */
@NullMarked
package dev.candlewick.ingest.influx;

import org.jspecify.annotations.NullMarked;
