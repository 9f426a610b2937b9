package dev.candlewick.client.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The cells of one line, overwritten by the next: a file has millions of them. */
final class Cells {
  private char[] text = new char[1024];
  private int[] ends = new int[32];
  private int count;

  void clear() {
    count = 0;
  }

  /** Exchanges the cells of two lines. */
  void swap(Cells other) {
    char[] its = other.text;
    other.text = text;
    text = its;
    int[] itsEnds = other.ends;
    other.ends = ends;
    ends = itsEnds;
    int itsCount = other.count;
    other.count = count;
    count = itsCount;
  }

  void add(char[] from, int offset, int length) {
    int start = start(count);
    if (start + length > text.length) {
      text = Arrays.copyOf(text, Math.max(2 * text.length, start + length));
    }
    System.arraycopy(from, offset, text, start, length);
    end(start + length);
  }

  void add(String cell) {
    add(cell, 0, cell.length());
  }

  /** Adds the cells of a line separated by {@code separator}. */
  void addAll(String line, char separator) {
    int from = 0;
    for (int to = line.indexOf(separator); to >= 0; to = line.indexOf(separator, from)) {
      add(line, from, to);
      from = to + 1;
    }
    add(line, from, line.length());
  }

  private void add(String line, int from, int to) {
    int start = start(count);
    int length = to - from;
    if (start + length > text.length) {
      text = Arrays.copyOf(text, Math.max(2 * text.length, start + length));
    }
    line.getChars(from, to, text, start);
    end(start + length);
  }

  private void end(int end) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    ends[count++] = end;
  }

  int count() {
    return count;
  }

  private int start(int cell) {
    return cell == 0 ? 0 : ends[cell - 1];
  }

  int length(int cell) {
    return ends[cell] - start(cell);
  }

  char at(int cell, int index) {
    return text[start(cell) + index];
  }

  /** An empty cell is no value, like one that the line does not have. */
  boolean isEmpty(int cell) {
    return cell >= count || ends[cell] == start(cell);
  }

  String get(int cell) {
    return cell >= count ? "" : new String(text, start(cell), length(cell));
  }

  void appendTo(StringBuilder out, int cell) {
    out.append(text, start(cell), length(cell));
  }

  boolean is(int cell, String word) {
    return get(cell).equalsIgnoreCase(word);
  }

  List<String> toList() {
    List<String> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(get(i));
    }
    return list;
  }

  @Override
  public String toString() {
    return String.join(",", toList());
  }
}
