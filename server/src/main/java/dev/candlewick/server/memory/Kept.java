package dev.candlewick.server.memory;

import org.jspecify.annotations.Nullable;

/** Something that was read for one instrument. Immutable and thread-safe. */
public interface Kept {
  /** Approximate memory it takes. */
  long bytes();

  /** The part of it that a change of its instrument does not affect; null if there is none. */
  @Nullable Kept without(Change change);

  /** This combined with what was kept before under the same key, part of which it replaces. */
  Kept over(Kept before);
}
