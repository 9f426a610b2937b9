package dev.candlewick.server.web;

import dev.candlewick.net.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ended, as an opaque word for the client. It is not secret and contains nothing but
 * the position; {@code kind} rejects a cursor from another kind of answer.
 */
public record Cursor(List<String> parts) {
  private static final String SEPARATOR = "\n";

  public Cursor {
    parts = List.copyOf(parts);
  }

  /** The word for the client. {@code kind} names the resource and the direction of reading. */
  public static String write(String kind, Object... parts) {
    StringBuilder text = new StringBuilder(kind);
    for (Object part : parts) {
      text.append(SEPARATOR).append(part);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Parses a client's word; null if it was not written with this kind and number of parts. */
  static @Nullable Cursor read(String word, String kind, int count) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(word), StandardCharsets.UTF_8);
      List<String> all = List.of(text.split(SEPARATOR, -1));
      boolean fits =
          all.size() == count + 1
              && all.get(0).equals(kind)
              && text.chars().allMatch(c -> c == '\n' || !Character.isISOControl(c));
      return fits ? new Cursor(all.subList(1, all.size())) : null;
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  public String text(int part) {
    return parts.get(part);
  }

  /** A part that is an integer; 400 naming {@code cursor} if it is not. */
  public long number(int part) {
    try {
      return Long.parseLong(parts.get(part));
    } catch (NumberFormatException notANumber) {
      throw refused();
    }
  }

  /** A part that is a timestamp in microseconds; 400 as for {@link #number}. */
  public long timestamp(int part) {
    long timestamp = number(part);
    if (timestamp < 0 || timestamp > Range.END) {
      throw refused();
    }
    return timestamp;
  }

  static Problem refused() {
    return Problem.badParameter("cursor", "is not a next_cursor of the same request");
  }
}
