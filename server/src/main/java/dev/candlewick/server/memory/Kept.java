package dev.candlewick.server.memory;

import org.jspecify.annotations.Nullable;

/** Something that was read of one instrument. Immutable, for any thread. */
public interface Kept {
  /** About how much memory it takes. */
  long bytes();

  /** What of it is as it was before a change of its instrument; null if nothing is. */
  @Nullable Kept without(Change change);

  /** This together with what was kept before under the same key, of which it replaces a part. */
  Kept over(Kept before);
}
