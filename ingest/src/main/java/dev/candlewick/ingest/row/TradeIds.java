package dev.candlewick.ingest.row;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The 64-bit ids under which trades and quotes are stored when the venue's id is not an integer.
 */
public final class TradeIds {
  private static final int STREAM_BITS = 20;
  private static final int SEQ_BITS = 24;
  private static final int INDEX_BITS = 19;
  private static final int CONTENT_BITS = 44;

  private static final Pattern TOLD = Pattern.compile("h:[0-9a-f]{16}");

  /** Most rows in a message, so that each can have its own id. */
  static final int MAX_ROWS = 1 << INDEX_BITS;

  private static final int MAX_LENGTH = 64;

  /** Above this a double cannot represent every whole number. */
  private static final double LARGEST_DOUBLE = 0x1p53;

  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final int LONGEST_WHOLE = 20;
  private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]{0,19}");

  /**
   * What identifies a trade.
   *
   * @param number the id, or a hash of it: for text, and for an integer of 2^63 or more, whose bits
   *     are those of a negative one
   * @param flags of {@link Trade}: how to interpret the number
   * @param text the id as it was sent, if it is not the number
   */
  public record Id(long number, int flags, @Nullable String text) {}

  private TradeIds() {}

  /**
   * An id as it was sent: an integer of up to 64 bits, signed or unsigned, also as a string of its
   * digits, or else text of 1 to 64 characters; null if it is neither.
   */
  public static @Nullable Id of(Object sent) {
    if (sent instanceof Long number) {
      return new Id(number, 0, null);
    }
    if (sent instanceof Double number
        && number == Math.rint(number)
        && Math.abs(number) <= LARGEST_DOUBLE) {
      return new Id(number.longValue(), 0, null);
    }
    if (!(sent instanceof String text) || !isText(text)) {
      return null;
    }
    Id whole = whole(text);
    if (whole != null) {
      return whole;
    }
    boolean told = TOLD.matcher(text).matches();
    return new Id(ofText(text), Trade.HASHED_ID, told ? null : text);
  }

  /** For a row whose feed gives no id. */
  public static Id none(@Nullable Long contentId) {
    return contentId == null
        ? new Id(0, Trade.NO_ID, null)
        : new Id(contentId, Trade.HASHED_ID, null);
  }

  /** Whether an id is identified by its number. */
  public static boolean isInteger(String text) {
    return whole(text) != null;
  }

  private static @Nullable Id whole(String text) {
    if (text.length() > LONGEST_WHOLE || !WHOLE.matcher(text).matches()) {
      return null;
    }
    BigInteger number = new BigInteger(text);
    if (number.signum() >= 0 ? number.bitLength() > Long.SIZE : number.compareTo(LEAST) < 0) {
      return null;
    }
    return number.signum() > 0 && number.bitLength() == Long.SIZE
        ? new Id(hash(text), Trade.UNSIGNED_ID, text)
        : new Id(number.longValue(), 0, null);
  }

  /** Characters are code points; half a surrogate pair is not one. */
  private static boolean isText(String text) {
    return !text.isEmpty()
        && text.length() <= 2 * MAX_LENGTH
        && text.codePointCount(0, text.length()) <= MAX_LENGTH
        && text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  /**
   * The hash of an id; for {@code h:} and 16 hex digits, the form in which reads return a hash,
   * that hash itself.
   */
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
   * The id of a row identified by its content: its ordinal, from 0 to {@link #MAX_ROWS}, above 44
   * bits of the hash of its content. Never negative.
   */
  public static long ofContent(byte[] content, int ordinal) {
    return (long) ordinal << CONTENT_BITS | hash(content) >>> (Long.SIZE - CONTENT_BITS);
  }

  /**
   * The id of a row whose feed gives none: its position in its stream. Negative, so that it is not
   * mistaken for a venue's, and increasing with seq and index, so that trades of one instant keep
   * the order in which they arrived. Two rows could collide only at the same ts and exactly 2^24
   * messages (or 2^20 streams) apart.
   */
  public static long ofRow(long streamNumber, long seq, int index) {
    long stream = streamNumber & ((1L << STREAM_BITS) - 1);
    long message = seq & ((1L << SEQ_BITS) - 1);
    return Long.MIN_VALUE | stream << (SEQ_BITS + INDEX_BITS) | message << INDEX_BITS | index;
  }
}
