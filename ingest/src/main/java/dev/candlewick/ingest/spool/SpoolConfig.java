package dev.candlewick.ingest.spool;

import java.nio.file.Path;

/**
 * Where messages wait while the database is away, and how much room they may take.
 *
 * @param bytes size of all files at most
 * @param freeBytes room that is left free on the disk
 */
public record SpoolConfig(Path directory, long bytes, long freeBytes) {}
