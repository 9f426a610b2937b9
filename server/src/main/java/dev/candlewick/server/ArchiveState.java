package dev.candlewick.server;

/**
 * How far the archive has got.
 *
 * @param on whether retention leaves dropping to the archive
 * @param rows in files, since the first pass
 * @param heldSeconds for how long something has been held up because it could not be written or
 *     read back; 0 if nothing is
 * @param waitingSeconds how long what is not archived yet has been past its retention; 0 if nothing
 *     waits
 * @param due whether it is time for a pass
 */
record ArchiveState(
    boolean on,
    long rows,
    long files,
    long bytes,
    double heldSeconds,
    double waitingSeconds,
    boolean due) {}
