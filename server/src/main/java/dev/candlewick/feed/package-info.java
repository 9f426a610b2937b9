/**
 * The feed's side of {@code /v1/ingest}: what the author of an adapter writes. Nothing here sees
 * the server's own code; all of it speaks the wire contract only, so it can be copied out and still
 * run.
 *
 * <p>Read in this order:
 *
 * <ol>
 *   <li>{@link dev.candlewick.feed.Trade}, {@link dev.candlewick.feed.Quote}, {@link
 *       dev.candlewick.feed.TickMessage}: rows and the message that carries them
 *   <li>{@link dev.candlewick.feed.IngestClient}: the session as its caller sees it
 *   <li>{@link dev.candlewick.feed.Window}: what is sent and not yet acked; every wait happens here
 *   <li>{@link dev.candlewick.feed.IngestConnection}, {@link
 *       dev.candlewick.feed.ServerMessageDecoder}: one WebSocket and what comes in over it
 *   <li>{@link dev.candlewick.feed.ReplayCommand}, {@link dev.candlewick.feed.Replay}: a recorded
 *       file as a feed
 *   <li>{@link dev.candlewick.feed.ImportCommand}, {@link dev.candlewick.feed.RowMessages}, {@link
 *       dev.candlewick.feed.ExportCommand}, {@link dev.candlewick.feed.Export}: files of rows in
 *       and out
 *   <li>{@link dev.candlewick.feed.SimulatedMarket}, {@link dev.candlewick.feed.DemoFeed}: an
 *       invented market as a feed
 * </ol>
 */
@NullMarked
package dev.candlewick.feed;

import org.jspecify.annotations.NullMarked;
