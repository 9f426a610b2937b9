/**
 * Reads other systems' files as rows that the server accepts.
 *
 * <p>Read in this order:
 *
 * <ol>
 *   <li>{@link dev.candlewick.client.format.Part}: the files in a file, unpacked
 *   <li>{@link dev.candlewick.client.format.Table}: cells under columns, from CSV, JSON, DBN,
 *       Parquet, DuckDB and SQLite
 *   <li>{@link dev.candlewick.client.format.Format}: whose file it is, and so which column is which
 *       field
 *   <li>{@link dev.candlewick.client.format.Layout}, {@link
 *       dev.candlewick.client.format.Conversion}: a line of cells as a row in JSON
 *   <li>{@link dev.candlewick.client.format.FileRows}: all of it, for one file
 * </ol>
 */
@NullMarked
package dev.candlewick.client.format;

import org.jspecify.annotations.NullMarked;
