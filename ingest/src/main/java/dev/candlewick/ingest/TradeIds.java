package dev.candlewick.ingest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** The 64-bit ids under which trades and quotes are kept when the venue gives no integer. */
final class TradeIds {
  private static final int STREAM_BITS = 20;
  private static final int SEQ_BITS = 24;
  private static final int INDEX_BITS = 19;
  private static final int CONTENT_BITS = 44;

  private static final Pattern TOLD = Pattern.compile("h:[0-9a-f]{16}");

  /** Rows a message may have at most, so that each has an id of its own. */
  static final int MAX_ROWS = 1 << INDEX_BITS;

  private TradeIds() {}

  /** The hash of an id; of {@code h:} and 16 hex digits, as reads tell a hash, that same hash. */
  static long ofText(String id) {
    return TOLD.matcher(id).matches() ? Long.parseUnsignedLong(id, 2, id.length(), 16) : hash(id);
  }

  /** The first 8 bytes, big-endian, of SHA-256 over the id's UTF-8. */
  static long hash(String id) {
    return hash(id.getBytes(StandardCharsets.UTF_8));
  }

  private static long hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      long hash = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        hash = (hash << 8) | (digest[i] & 0xFF);
      }
      return hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * The id of a row that is known by what was sent of it: its ordinal, from 0 to {@link #MAX_ROWS},
   * above 44 bits of the hash of its content. Never negative.
   */
  static long ofContent(byte[] content, int ordinal) {
    return (long) ordinal << CONTENT_BITS | hash(content) >>> (Long.SIZE - CONTENT_BITS);
  }

  /**
   * The id of a row whose feed gives none: its place in its stream. Negative, so that it is not
   * mistaken for a venue's, and growing with seq and index, so that trades of one instant stay in
   * the order in which they came. Two rows could meet only at the same ts and exactly 2^24 messages
   * (or 2^20 streams) apart.
   */
  static long ofRow(long streamNumber, long seq, int index) {
    long stream = streamNumber & ((1L << STREAM_BITS) - 1);
    long message = seq & ((1L << SEQ_BITS) - 1);
    return Long.MIN_VALUE | stream << (SEQ_BITS + INDEX_BITS) | message << INDEX_BITS | index;
  }
}
