/**
 * Messages on the server's own disk while the database is unavailable. Read {@link
 * dev.candlewick.ingest.spool.Spool}, {@link dev.candlewick.ingest.spool.SpoolLog}, {@link
 * dev.candlewick.ingest.spool.SpoolRecovery}.
 *
 * <p>The rules, and why:
 *
 * <ul>
 *   <li>A lane that cannot write for a second appends its messages to its log, starting with those
 *       it holds; a feed gets {@code spooled} once fsync has returned, never before. {@code
 *       committed} stays what it is. REST requests are not spooled: their answer means committed.
 *   <li>Once the database is back, the log is drained in order, and new messages are still appended
 *       until little is left; only then does the lane write directly again.
 *   <li>Progress of the drain is the stream's {@code committed_seq} in PostgreSQL, moved in the
 *       transaction that writes the rows. Draining again is therefore harmless, and a file is
 *       deleted only after COMMIT has returned for all of it.
 *   <li>A drained message is identified by its seq alone, whatever the stream's epoch is by now: a
 *       feed that moved to another server resends the same messages under the same seqs. Up to
 *       {@code committed_seq} it is a duplicate, the next one is written, one beyond a gap is set
 *       aside. Whichever of the two servers comes first, the other finds its messages stored.
 *   <li>A record holds rows that were validated when they came in, and are not validated again: a
 *       row does not become too old by waiting here.
 *   <li>The hello of a stream with messages here is answered once they are drained, so that {@code
 *       next_seq} is past everything acked as spooled.
 *   <li>A failed write or fsync is not retried on the same file: after a failed fsync the kernel
 *       may drop the pages and report the next one as a success. The file is retired at its last
 *       fsynced byte, its successor starts with the same number again, and what lies between is not
 *       read.
 *   <li>No mapped files (a full disk becomes SIGBUS), and nobody interrupts the spool's thread
 *       (Java would close the file).
 *   <li>A record names the first record that was written with it: everything before that was
 *       fsynced. So after a crash, a bad end of the newest file that no later record proves to have
 *       been fsynced is a write that never finished and was never acked; it is left out. Bad
 *       records anywhere else are damage: every intact record of the file is drained, then the file
 *       is moved to {@code quarantine/}.
 *   <li>When it is full, by {@code CANDLEWICK_SPOOL_BYTES} or {@code CANDLEWICK_SPOOL_FREE_BYTES},
 *       messages stay in memory, whose budget then makes feeds wait. Nothing is dropped.
 *   <li>One process per directory: it holds {@code lock}, which contains its process id.
 * </ul>
 */
@NullMarked
package dev.candlewick.ingest.spool;

import org.jspecify.annotations.NullMarked;
