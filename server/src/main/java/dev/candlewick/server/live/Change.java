package dev.candlewick.server.live;

import dev.candlewick.record.ChangeKind;

/**
 * The rows of one instrument and kind in one commit.
 *
 * @param keys as {@link dev.candlewick.record.RowKeys} packs them
 */
record Change(long transaction, int instrument, ChangeKind kind, byte[] keys) {}
