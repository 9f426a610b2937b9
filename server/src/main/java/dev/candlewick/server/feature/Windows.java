package dev.candlewick.server.feature;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The parts of a range, to be looked at one by one. */
final class Windows {
  private Windows() {}

  /** A part, half-open. */
  record Window(long from, long to) {}

  /** All parts of a length, the last of which is the first, the others in random order. */
  static List<Window> of(long from, long to, long length) {
    List<Window> windows = new ArrayList<>();
    for (long end = to; end > from; end -= length) {
      windows.add(new Window(Math.max(from, end - length), end));
    }
    if (windows.size() > 1) {
      Collections.shuffle(windows.subList(1, windows.size()));
    }
    return windows;
  }
}
