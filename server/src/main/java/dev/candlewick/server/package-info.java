/**
 * The composition. {@link dev.candlewick.server.Main} has the commands; {@link
 * dev.candlewick.server.ServeCommand} reads {@link dev.candlewick.server.ServerConfig} and starts
 * {@link dev.candlewick.server.Server}, which is everything that runs: pools, the write way, the
 * read way, {@link dev.candlewick.server.Routes} with every URL, {@link
 * dev.candlewick.server.HttpListener}. Migrations are {@link dev.candlewick.server.Migrator}'s, API
 * keys {@link dev.candlewick.server.ApiKeys}'.
 *
 * <p>The read way is one package a subject: {@code candle}, {@code indicator}, {@code tick}, {@code
 * record}, {@code feature}, {@code instrument}, {@code latest}, {@code stream}, {@code audit}; live
 * is {@code live}, other clients' words are {@code binance} and {@code udf}, what all of them
 * answer with is {@code web}.
 */
@NullMarked
package dev.candlewick.server;

import org.jspecify.annotations.NullMarked;
