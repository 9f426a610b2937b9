/**
 * Live data, WebSocket {@code /v1/subscribe}: a snapshot, then changes, without a seam.
 *
 * <p>The path of a client's message: {@link Live} (the entry point), {@link LiveSession} (one
 * client), {@link Request} (its requests), {@link Groups} (what is shared). The path of a commit:
 * {@link ChangeFeed} is notified and asks {@link JournalRepository} for {@link Change}s, {@link
 * CandleGroup} and {@link TickGroup} read the rows they name, {@link Subscription} holds what is to
 * be sent, {@link Rows} and {@link LiveJson} write.
 *
 * <p>It relies on two rules. A group's changes are followed before its snapshot is read, so nothing
 * is lost between the two. And duplicates are either harmless (a candle's last row wins) or
 * impossible (a tick is sent only if the snapshot did not see its commit, {@link Moment}).
 */
@NullMarked
package dev.candlewick.server.live;

import org.jspecify.annotations.NullMarked;
