package dev.candlewick.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
public final class Utf8 {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /** Whether the first {@code length} bytes are UTF-8. */
  public static boolean valid(byte[] bytes, int length) {
    int i = 0;
    while (i < length) {
      if (i + Long.BYTES <= length && ((long) EIGHT.get(bytes, i) & NOT_ASCII) == 0) {
        i += Long.BYTES;
        continue;
      }
      int lead = bytes[i];
      if (lead >= 0) {
        i++;
        continue;
      }
      int tail = tailLength(lead & 0xFF);
      if (tail == 0 || i + tail >= length) {
        return false;
      }
      if (!validTail(bytes, i, tail)) {
        return false;
      }
      i += tail + 1;
    }
    return true;
  }

  /** The same bytes without a leading byte order mark. */
  public static byte[] withoutMark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
  }

  private static int tailLength(int lead) {
    if (lead >= 0xC2 && lead <= 0xDF) {
      return 1;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      return 2;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
  }

  private static boolean validTail(byte[] bytes, int at, int tail) {
    int codePoint = bytes[at] & (0x3F >> tail);
    for (int i = at + 1; i <= at + tail; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        return false;
      }
      codePoint = (codePoint << 6) | (bytes[i] & 0x3F);
    }
    return switch (tail) {
      case 1 -> true;
      case 2 -> codePoint >= 0x800 && (codePoint < 0xD800 || codePoint > 0xDFFF);
      default -> codePoint >= 0x10000 && codePoint <= 0x10FFFF;
    };
  }
}
