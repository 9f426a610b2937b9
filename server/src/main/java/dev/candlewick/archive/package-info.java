/**
 * What retention is about to drop, as Parquet in folders that DuckDB, Trino and Spark read as one
 * table per kind. Runs in its own process, or as the command {@code archive}; a server only starts
 * it.
 *
 * <p>In reading order: {@link dev.candlewick.archive.Offers} is what may go; {@link
 * dev.candlewick.archive.Archive} takes what retention offers, chunk by chunk; {@link
 * dev.candlewick.archive.ArchivedTable} says what to read; {@link dev.candlewick.archive.DayCopy}
 * reads a day and splits it by instrument; {@link dev.candlewick.archive.PartFolder} writes the
 * file for one of them and reads it back. Only then does the database drop the chunk, provided it
 * still holds exactly the rows that were read. {@link dev.candlewick.archive.ArchiveLead} decides
 * which process does it.
 */
@NullMarked
package dev.candlewick.archive;

import org.jspecify.annotations.NullMarked;
