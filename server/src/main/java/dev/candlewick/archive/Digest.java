package dev.candlewick.archive;

import java.math.BigDecimal;

/** How many rows there are, and what their hashes come to in whatever order. */
record Digest(long rows, BigDecimal digest) {
  static final Digest NONE = new Digest(0, BigDecimal.ZERO);

  /** Reads {@code rows/digest}. */
  static Digest of(String text) {
    String[] parts = text.split("/");
    return new Digest(Long.parseLong(parts[0]), new BigDecimal(parts[1]));
  }

  Digest plus(Digest other) {
    return new Digest(rows + other.rows, digest.add(other.digest));
  }
}
