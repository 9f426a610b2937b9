/**
 * What was read recently, kept in memory and answered from there as if the database had been asked.
 *
 * <p>{@link Memory} keeps what others have read ({@link Kept}), by instrument, within a limit of
 * bytes. {@link Freshness} asks the database what has changed since it last asked ({@link
 * ChangeRepository}, {@link Change}), once for all waiting requests, and what a change affects is
 * evicted.
 *
 * <p><b>Why an answer is never stale.</b> Let {@code Q} be the snapshot of the last answered query
 * for changes. Then whatever is kept is what the database held at {@code Q}:
 *
 * <ol>
 *   <li>Every transaction that changes anything that may be kept records in {@code ingest.changes},
 *       in the same transaction, what it changes and from which time on: trades, quotes, candles,
 *       corrections, the roll-up, and what retention drops.
 *   <li>Each query asks for the rows of exactly those transactions that the previous snapshot did
 *       not see and its own does, in whatever order they started and ended (as live data does):
 *       those beyond the previous snapshot's xmax and those that it lists as running. So two
 *       consecutive queries never miss a transaction.
 *   <li>What is read is stored with a {@link Memory.Reading} that began before the read. The read
 *       sees everything that {@code Q} saw then, since later snapshots of a server see what earlier
 *       ones did; whatever was reported as changed since then is removed from it before it is kept.
 * </ol>
 *
 * <p>A request is answered from memory only after a query for changes that was sent after the
 * request arrived: its snapshot sees everything committed before the request, by any instance. If
 * part of the answer is not kept, it is read first and the query sent afterwards, so that the kept
 * part and the part just read are both as of the read's snapshot: what had not changed by the time
 * of the query had not changed before it either.
 *
 * <p>What is computed from rows (indicators) is kept like rows, with a reading that began before
 * any of them was read or recalled. It depends on rows before it as well, but on none after it: a
 * change evicts all of it from the change's time on, so also whatever has the changed row among
 * those before it.
 *
 * <p>Everything is forgotten when the answer comes from another database than before (restarted,
 * recreated, or with a new journal), when more than five minutes by the database's clock lie
 * between two queries (the journal keeps ten), and when that clock goes back. What depends on the
 * clock alone (a candle closes) is up to whoever keeps it. Reads and queries for changes must go to
 * the same server: with a read replica there is no memory. Changes made by hand are not noticed;
 * {@code truncate ingest.dropped} evicts everything.
 */
@NullMarked
package dev.candlewick.server.memory;

import org.jspecify.annotations.NullMarked;
