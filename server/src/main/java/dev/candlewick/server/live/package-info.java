/**
 * The live way, WebSocket {@code /v1/subscribe}: a snapshot, then what changes, without a seam.
 *
 * <p>A client's message: {@link Live} (the door), {@link LiveSession} (one client), {@link Request}
 * (what it asks), {@link Groups} (who shares what). A commit's way: {@link ChangeFeed} is told and
 * asks {@link JournalRepository} for {@link Change}s, {@link CandleGroup} and {@link TickGroup}
 * read the rows they name, {@link Subscription} holds what is to be sent, {@link Rows} and {@link
 * LiveJson} write.
 *
 * <p>Two rules carry it. The changes of a group are followed before its snapshot is read, so
 * nothing falls between the two. And what was told twice is harmless (a candle's last row wins) or
 * does not happen (a tick is told if the snapshot did not see its commit, {@link Moment}).
 */
@NullMarked
package dev.candlewick.server.live;

import org.jspecify.annotations.NullMarked;
