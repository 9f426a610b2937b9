package dev.candlewick.server.candle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Packs the JSON of rows to about a third: each piece of text that recurs in them becomes one byte.
 * The JSON must be ASCII; anything else is kept unchanged.
 */
final class Words {
  /** As many as one byte can tell apart from ASCII. */
  private static final int MOST = 128;

  /** A candle's. */
  static final Words CANDLES =
      new Words(
          List.of(
              "{\"ts\":",
              ",\"open\":",
              ",\"high\":",
              ",\"low\":",
              ",\"close\":",
              ",\"volume\":",
              ",\"quote_volume\":null,\"vwap\":null,\"trades\":null,\"taker_buy_volume\":null",
              ",\"quote_volume\":",
              ",\"vwap\":",
              ",\"trades\":",
              ",\"taker_buy_volume\":",
              ",\"closed\":true,\"source\":\"built\"}",
              ",\"closed\":true,\"source\":\"native\"}",
              ",\"closed\":true,\"source\":\"mixed\"}",
              ",\"closed\":false,\"source\":"));

  private final byte[][] all;
  private final int bytes;

  /** In the order of a row's fields; a longer one before one that it starts with. */
  Words(List<String> words) {
    this.all =
        words.stream()
            .limit(MOST)
            .map(word -> word.getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);
    this.bytes = Arrays.stream(all).mapToInt(word -> word.length + 20).sum();
  }

  /** Approximate memory they take. */
  int bytes() {
    return bytes;
  }

  /**
   * Packs rows.
   *
   * @param json the rows, with one byte between two of them
   * @param ends where each row ends in {@code json}
   * @param packedEnds receives where each row ends in the result, which has nothing between them
   */
  byte[] pack(byte[] json, int[] ends, int[] packedEnds) {
    byte[] packed = new byte[json.length];
    int length = 0;
    int row = 0;
    for (int i = 0; i < ends.length; i++) {
      length = pack(json, row, ends[i], packed, length);
      packedEnds[i] = length;
      row = ends[i] + 1;
    }
    return Arrays.copyOf(packed, length);
  }

  private int pack(byte[] json, int first, int end, byte[] packed, int start) {
    int length = start;
    int next = 0;
    int at = first;
    while (at < end) {
      byte here = json[at];
      int word = here == ',' || here == '{' ? word(json, at, end, next) : all.length;
      if (word < all.length) {
        packed[length++] = (byte) ~word;
        at += all[word].length;
        next = word + 1;
      } else {
        packed[length++] = here;
        at++;
      }
    }
    return length;
  }

  /**
   * The first word, from {@code word} on, that is at this position; the number of words if there is
   * none.
   */
  private int word(byte[] json, int at, int end, int next) {
    int word = next;
    while (word < all.length && !isAt(all[word], json, at, end)) {
      word++;
    }
    return word;
  }

  private static boolean isAt(byte[] word, byte[] json, int at, int end) {
    return at + word.length <= end
        && Arrays.equals(json, at, at + word.length, word, 0, word.length);
  }

  /** Writes one packed row as JSON; returns where it ends. */
  int unpack(byte[] packed, int first, int end, byte[] json, int start) {
    int length = start;
    for (int at = first; at < end; at++) {
      byte here = packed[at];
      if (here >= 0) {
        json[length++] = here;
      } else {
        byte[] word = all[~here];
        System.arraycopy(word, 0, json, length, word.length);
        length += word.length;
      }
    }
    return length;
  }
}
