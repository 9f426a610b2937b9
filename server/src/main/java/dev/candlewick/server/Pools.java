package dev.candlewick.server;

import io.vertx.sqlclient.Pool;

/**
 * Connections of the read way.
 *
 * @param reads on a replica, if one is named
 * @param primary where what was just committed is seen
 */
record Pools(Pool reads, Pool primary) {}
