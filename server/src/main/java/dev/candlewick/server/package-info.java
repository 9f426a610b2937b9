/**
 * The composition. {@link dev.candlewick.server.Main} has the commands; {@link
 * dev.candlewick.server.ServeCommand} reads {@link dev.candlewick.server.ServerConfig} and starts
 * {@link dev.candlewick.server.Server}, which is everything that runs: pools, the write path, the
 * read path, {@link dev.candlewick.server.Routes} with every URL, {@link
 * dev.candlewick.server.HttpListener}. {@link dev.candlewick.server.Migrator} migrates, {@link
 * dev.candlewick.server.ApiKeys} checks API keys.
 *
 * <p>The read path has one package per subject: {@code candle}, {@code indicator}, {@code tick},
 * {@code record}, {@code feature}, {@code instrument}, {@code latest}, {@code stream}, {@code
 * audit}; {@code live} follows them live, {@code binance} and {@code udf} serve other systems'
 * clients, and {@code web} is shared by all of them.
 */
@NullMarked
package dev.candlewick.server;

import org.jspecify.annotations.NullMarked;
