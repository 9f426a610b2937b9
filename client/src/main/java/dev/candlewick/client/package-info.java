/**
 * The feed's side of {@code /v1/ingest}: what the author of an adapter writes. Nothing here uses
 * the server's own code; it only speaks the wire contract, so it can be copied out and still run.
 *
 * <p>Read in this order:
 *
 * <ol>
 *   <li>{@link dev.candlewick.client.Trade}, {@link dev.candlewick.client.Quote}, {@link
 *       dev.candlewick.client.TickMessage}: rows and the message that carries them
 *   <li>{@link dev.candlewick.client.IngestClient}: the session as its caller sees it
 *   <li>{@link dev.candlewick.client.Window}: what is sent and not yet acked; every wait happens
 *       here
 *   <li>{@link dev.candlewick.client.IngestConnection}, {@link
 *       dev.candlewick.client.ServerMessageDecoder}: one WebSocket and what comes in over it
 *   <li>{@link dev.candlewick.client.ReplayCommand}, {@link dev.candlewick.client.Replay}: a
 *       recorded file as a feed
 *   <li>{@link dev.candlewick.client.ImportCommand}, {@link dev.candlewick.client.FileMessages},
 *       {@link dev.candlewick.client.ExportCommand}, {@link dev.candlewick.client.Export}: files of
 *       rows in and out
 *   <li>{@link dev.candlewick.client.SimulatedMarket}, {@link dev.candlewick.client.DemoFeed}: a
 *       simulated market as a feed
 * </ol>
 */
@NullMarked
package dev.candlewick.client;

import org.jspecify.annotations.NullMarked;
