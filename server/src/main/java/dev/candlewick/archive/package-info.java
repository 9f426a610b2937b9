/**
 * What retention is about to drop, as Parquet in folders that DuckDB, Trino and Spark read as one
 * table a kind. A process of its own, or the command {@code archive}; a server only starts it.
 *
 * <p>In reading order: {@link dev.candlewick.archive.Archive} takes what retention offers, chunk
 * after chunk; {@link dev.candlewick.archive.ArchivedTable} is what there is to read; {@link
 * dev.candlewick.archive.DayCopy} reads a day and cuts it into instruments; {@link
 * dev.candlewick.archive.PartFolder} makes the file of one of them and reads it back. Only then is
 * the chunk dropped, by the database, if it still holds exactly the rows that were read.
 */
@NullMarked
package dev.candlewick.archive;

import org.jspecify.annotations.NullMarked;
