package dev.candlewick.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where what retention drops is kept.
 *
 * @param directory null where this instance writes no archive
 * @param isOff no instance is to write one any more
 */
record ArchiveConfig(@Nullable Path directory, boolean isOff) {}
