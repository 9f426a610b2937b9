package dev.candlewick.client.format;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * CSV (RFC 4180), UTF-8, or UTF-16 with a byte order mark; separated by commas, semicolons or tabs,
 * whichever its first line has most of. Where it is semicolons, numbers may have a decimal comma.
 */
final class CsvTable implements Table {
  /** What is wrong with a file in another encoding. */
  static final String NOT_UTF_8 = "not UTF-8: save it as UTF-8";

  private static final int LONGEST_CELL = 1 << 20;

  private record Held(long line, List<String> cells) {}

  private final CsvReader<Long> reader;
  private final CloseableIterator<Long> lines;
  private final Deque<Held> peeked = new ArrayDeque<>();
  private Cells into = new Cells();
  private long line;

  /** The decimal mark of the file; 0 until a number shows it. */
  private char mark;

  CsvTable(InputStream bytes) throws IOException {
    // A decoder constructed like this reports bytes that are not UTF-8; one constructed by name
    // replaces them.
    BufferedInputStream marked = new BufferedInputStream(bytes);
    Begun text = new Begun(new InputStreamReader(marked, charset(marked).newDecoder()));
    char separator = text.separator();
    mark = separator == ';' ? 0 : '.';
    reader =
        CsvReader.builder()
            .fieldSeparator(separator)
            .skipEmptyLines(true)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .maxBufferSize(LONGEST_CELL)
            .build(new Handler(), text);
    lines = reader.iterator();
  }

  private static Charset charset(BufferedInputStream bytes) throws IOException {
    bytes.mark(2);
    int mark = bytes.read() << 8 | bytes.read();
    bytes.reset();
    return mark == 0xFEFF || mark == 0xFFFE ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
  }

  @Override
  public List<String> columns() {
    return List.of();
  }

  @Override
  public List<List<String>> peek(int count) throws IOException {
    Cells cells = new Cells();
    while (peeked.size() < count && read(cells)) {
      peeked.add(new Held(line, cells.toList()));
    }
    List<List<String>> first = new ArrayList<>();
    peeked.forEach(held -> first.add(held.cells()));
    return first;
  }

  @Override
  public boolean next(Cells cells) throws IOException {
    Held held = peeked.poll();
    if (held == null) {
      return read(cells);
    }
    line = held.line();
    cells.clear();
    held.cells().forEach(cells::add);
    return true;
  }

  private boolean read(Cells cells) throws IOException {
    into = cells;
    try {
      if (!lines.hasNext()) {
        return false;
      }
      line = lines.next();
      return true;
    } catch (CsvParseException e) {
      line++;
      throw new IOException(broken(e), e);
    } catch (UncheckedIOException e) {
      line++;
      throw e.getCause() instanceof CharacterCodingException
          ? new IOException(NOT_UTF_8, e)
          : e.getCause();
    }
  }

  private static String broken(CsvParseException e) {
    Throwable cause = e.getCause();
    if (cause instanceof CharacterCodingException) {
      return NOT_UTF_8;
    }
    return "not CSV: " + (cause == null ? e.getMessage() : cause.getMessage());
  }

  @Override
  public long number() {
    return line;
  }

  @Override
  public String place(long number) {
    return "line " + number;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private final class Handler extends AbstractBaseCsvCallbackHandler<Long> {
    @Override
    protected void handleBegin(long startingLineNumber) {
      into.clear();
    }

    @Override
    protected void handleField(int index, char[] text, int offset, int length, boolean quoted) {
      int guard = CsvText.isGuarded(text, offset, length) ? 1 : 0;
      if (mark != '.' && !quoted) {
        point(text, offset, length);
      }
      into.add(text, offset + guard, length - guard);
    }

    /** Writes a number with a decimal comma as JSON does. The first number's mark is the file's. */
    private void point(char[] text, int offset, int length) {
      int at = -1;
      for (int i = offset; i < offset + length; i++) {
        char c = text[i];
        boolean isMark = (c == ',' || c == '.') && at < 0 && i > offset;
        boolean isSign = c == '-' && i == offset;
        if (isMark) {
          at = i;
        } else if (!isSign && (c < '0' || c > '9')) {
          return;
        }
      }
      if (at > 0) {
        mark = mark == 0 ? text[at] : mark;
        text[at] = mark == ',' && text[at] == ',' ? '.' : text[at];
      }
    }

    @Override
    protected Long buildRecord() {
      return getStartingLineNumber();
    }
  }

  /** A text without its byte order mark, whose first line has been peeked at. */
  private static final class Begun extends Reader {
    private static final int LOOK = 4096;

    private final Reader text;
    private final char[] begin = new char[LOOK];
    private int from;
    private int to;

    Begun(Reader text) throws IOException {
      this.text = text;
      int n = 0;
      while (to < LOOK && n >= 0) {
        n = text.read(begin, to, LOOK - to);
        to += Math.max(n, 0);
      }
      from = to > 0 && begin[0] == '\uFEFF' ? 1 : 0;
    }

    char separator() {
      String first = new String(begin, from, to - from).lines().findFirst().orElse("");
      char most = ',';
      for (char separator : new char[] {';', '\t'}) {
        most = count(first, separator) > count(first, most) ? separator : most;
      }
      return most;
    }

    private static long count(String text, char of) {
      return text.chars().filter(c -> c == of).count();
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
      if (from == to) {
        return text.read(into, offset, length);
      }
      int count = Math.min(length, to - from);
      System.arraycopy(begin, from, into, offset, count);
      from += count;
      return count;
    }

    @Override
    public void close() throws IOException {
      text.close();
    }
  }
}
