package dev.candlewick.server;

/**
 * How far the archive is.
 *
 * @param on whether retention leaves the dropping to the archive
 * @param rows in files, as all others since the first pass
 * @param heldSeconds for how long something has been held because it could not be written or read
 *     back; 0 if nothing is
 * @param waitingSeconds how far what is not archived yet lies behind what may go; 0 if nothing
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
