package dev.candlewick.server;

import dev.candlewick.record.Retention;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where rows are archived before retention drops them.
 *
 * @param directory null if this instance writes no archive
 * @param isOff no instance is to archive any more
 * @param retention null if none of its settings is given
 */
record ArchiveConfig(@Nullable Path directory, boolean isOff, @Nullable Retention retention) {}
