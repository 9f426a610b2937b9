/**
 * Messages on the server's own disk while the database is away. Read {@link
 * dev.candlewick.ingest.spool.Spool}, {@link dev.candlewick.ingest.spool.SpoolLog}, {@link
 * dev.candlewick.ingest.spool.SpoolRecovery}.
 *
 * <p>The rules, and why:
 *
 * <ul>
 *   <li>A lane that cannot write for a second appends its messages to its log, beginning with the
 *       ones it holds; a feed is told {@code spooled} once fsync has returned, never before. {@code
 *       committed} stays what it is. Requests by REST are not spooled: their answer means
 *       committed.
 *   <li>Once the database is back the log is drained in order, and new messages go on being
 *       appended until little is left; only then does the lane write directly again.
 *   <li>What is drained is known by the stream's {@code committed_seq} in PostgreSQL, moved in the
 *       transaction of the rows. Draining again is therefore harmless, and a file is deleted only
 *       after COMMIT has returned for all of it.
 *   <li>A drained message counts by its seq alone, whatever the stream's epoch is by now: a feed
 *       that went to another server resends the same messages under the same seqs. Up to {@code
 *       committed_seq} it is a duplicate, the next one is written, one beyond a gap is set aside.
 *       Whichever of the two servers comes first, the other finds its messages stored.
 *   <li>A record holds rows that were checked when they came in, and is not checked again: a row
 *       does not get too old by waiting here.
 *   <li>The hello of a stream with messages here is answered once they are drained, so that {@code
 *       next_seq} lies beyond what was told as spooled.
 *   <li>A write or fsync that failed is not tried again on the same file: after a failed fsync the
 *       kernel may drop the pages and call the next one a success. The file is retired at its last
 *       fsynced byte, its successor begins with the same number again, and what lies between is not
 *       read.
 *   <li>No mapped files (a full disk becomes SIGBUS), and nobody interrupts the spool's thread
 *       (Java would close the file).
 *   <li>A record names the first record that was written with it: all before that was fsynced. So
 *       after a crash a bad end of the newest file that no later record vouches for is a write that
 *       never finished, and was never told; it is left out. Bad records anywhere else are damage:
 *       every good record of the file is drained, then the file is moved to {@code quarantine/}.
 *   <li>Full, by {@code CANDLEWICK_SPOOL_BYTES} or {@code CANDLEWICK_SPOOL_FREE_BYTES}, means that
 *       messages stay in memory, whose budget then makes feeds wait. Nothing is dropped.
 *   <li>One process a directory: it holds {@code lock}, which tells its process id.
 * </ul>
 */
@NullMarked
package dev.candlewick.ingest.spool;

import org.jspecify.annotations.NullMarked;
