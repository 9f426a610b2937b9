package dev.candlewick.ingest.spool;

import java.nio.file.Path;

/**
 * Where messages wait while the database is unavailable, and how much space they may take.
 *
 * @param bytes most bytes in all files
 * @param freeBytes bytes to leave free on the disk
 */
public record SpoolConfig(Path directory, long bytes, long freeBytes) {}
