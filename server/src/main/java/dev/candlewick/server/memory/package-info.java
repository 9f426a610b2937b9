/**
 * What was read lately, kept in memory and answered from there as if the database had been asked.
 *
 * <p>{@link Memory} keeps what others have read ({@link Kept}), by instrument, within a bound of
 * bytes. {@link Freshness} asks the database, once for all requests that wait, what has changed
 * since it asked last ({@link ChangeRepository}, {@link Change}), and what a change touches goes.
 *
 * <p><b>Why an answer is never stale.</b> Say {@code Q} is the snapshot of the last question that
 * was answered. Then whatever is kept is what the database held at {@code Q}:
 *
 * <ol>
 *   <li>Every transaction that changes what may be kept writes in the same transaction what it
 *       changes, from which time on, into {@code ingest.changes}: trades, quotes, candles,
 *       corrections, the roll-up, and what retention drops.
 *   <li>A question asks for the rows of exactly those transactions that the snapshot before did not
 *       see and its own does, in whatever order they began and ended (as the live way does): of the
 *       last snapshot those beyond its xmax and those that it calls running. So of two questions in
 *       a row none leaves a transaction out.
 *   <li>What is read is put in with a {@link Memory.Reading} that began before it was read. The
 *       read sees all that {@code Q} saw then, since later snapshots of a server see what earlier
 *       ones did; what was told of since is taken from it before it is kept.
 * </ol>
 *
 * <p>A request is answered from memory only after a question that was sent after the request came:
 * its snapshot sees all that was committed before the request, by whatever instance. A part that is
 * not kept is read first and the question sent then, so that kept part and read part are of the
 * read's snapshot: what did not change up to the question did not before.
 *
 * <p>All is forgotten when the answer comes from another database than before (started at another
 * time, made anew, journal made anew), when more than five minutes by the database's clock lie
 * between two questions (the journal keeps ten), and when that clock goes back. What depends on the
 * clock alone (a candle closes) whoever keeps it looks to. Reads and questions must go to one
 * server: with a replica for reads there is no memory. Rows changed by hand are told by nobody;
 * {@code truncate ingest.dropped} tells everything.
 */
@NullMarked
package dev.candlewick.server.memory;

import org.jspecify.annotations.NullMarked;
