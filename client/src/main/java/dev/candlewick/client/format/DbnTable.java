package dev.candlewick.client.format;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Databento Binary Encoding, versions 1 to 3, of candles, trades and best quotes: the columns are
 * those of Databento's CSV, plus {@code dataset}. Records of other kinds are skipped.
 */
final class DbnTable implements Table {
  private static final int TRADE = 0;
  private static final int MBP_1 = 1;
  private static final int FIRST_OHLCV = 0x20;
  private static final int LAST_OHLCV = 0x23;
  private static final int HEADER = 16;
  private static final int MOST_METADATA = 64 << 20;

  private static final List<String> EVENT =
      List.of("ts_event", "rtype", "publisher_id", "instrument_id", "dataset", "symbol");
  private static final List<String> OHLCV = List.of("open", "high", "low", "close", "volume");
  private static final List<String> TRADES = List.of("price", "size", "action", "side", "sequence");
  private static final List<String> QUOTES =
      List.of("bid_px_00", "ask_px_00", "bid_sz_00", "ask_sz_00");

  /** Which symbol an instrument id has from one day until before another, as YYYYMMDD. */
  private record Named(int start, int end, String symbol) {}

  private final DataInputStream in;
  private final Map<Long, List<Named>> symbols = new HashMap<>();
  private final Deque<List<String>> peeked = new ArrayDeque<>();
  private final ByteBuffer record = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
  private final List<String> columns = new ArrayList<>(EVENT);
  private String dataset = "";
  private int type = -1;
  private int other = -1;
  private long row;
  private long peekedRows;

  DbnTable(InputStream bytes) throws IOException {
    in = new DataInputStream(bytes);
    metadata();
    List<List<String>> first = peek(1);
    if (!first.isEmpty()) {
      columns.addAll(type >= FIRST_OHLCV ? OHLCV : TRADES);
      if (type == MBP_1) {
        columns.addAll(QUOTES);
      }
    }
  }

  private void metadata() throws IOException {
    ByteBuffer head = read(8);
    if (head == null || head.get() != 'D' || head.get() != 'B' || head.get() != 'N') {
      throw new IOException("not DBN");
    }
    int version = head.get();
    int length = head.getInt();
    if (version < 1 || version > 3) {
      throw new IOException("DBN version " + version + " is not known; 1 to 3 are");
    }
    if (length < 100 || length > MOST_METADATA) {
      throw new IOException("damaged DBN metadata: " + length + " bytes");
    }
    ByteBuffer metadata = ByteBuffer.wrap(in.readNBytes(length)).order(ByteOrder.LITTLE_ENDIAN);
    try {
      metadata(metadata, version);
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw new IOException("damaged DBN metadata", e);
    }
  }

  private void metadata(ByteBuffer metadata, int version) {
    dataset = text(metadata, 16);
    metadata.position(metadata.position() + (version == 1 ? 2 + 32 : 2 + 24) + 3);
    int symbolLength = version == 1 ? 22 : metadata.getShort();
    metadata.position(metadata.position() + (version == 1 ? 47 : 53));
    metadata.position(metadata.position() + 4 + metadata.getInt(metadata.position()));
    for (int list = 0; list < 3; list++) {
      int count = metadata.getInt();
      metadata.position(metadata.position() + count * symbolLength);
    }
    mappings(metadata, symbolLength);
  }

  private void mappings(ByteBuffer metadata, int symbolLength) {
    for (int mapping = metadata.getInt(); mapping > 0; mapping--) {
      String symbol = text(metadata, symbolLength);
      for (int interval = metadata.getInt(); interval > 0; interval--) {
        int start = metadata.getInt();
        int end = metadata.getInt();
        String id = text(metadata, symbolLength);
        // Either may be asked for by the other.
        if (isId(id) || isId(symbol)) {
          symbols
              .computeIfAbsent(Long.parseLong(isId(id) ? id : symbol), any -> new ArrayList<>())
              .add(new Named(start, end, isId(id) ? symbol : id));
        }
      }
    }
  }

  private static boolean isId(String text) {
    return text.matches("[0-9]{1,10}");
  }

  private static String text(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    int end = 0;
    while (end < length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.US_ASCII);
  }

  private @Nullable ByteBuffer read(int length) throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    record.clear();
    record.put((byte) first);
    rest(length);
    record.flip();
    return record;
  }

  private void rest(int length) throws IOException {
    try {
      in.readFully(record.array(), record.position(), length - record.position());
      record.position(length);
    } catch (EOFException e) {
      throw new IOException("the file ends within a record", e);
    }
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public List<List<String>> peek(int count) throws IOException {
    Cells cells = new Cells();
    while (peeked.size() < count && readRow(cells)) {
      peeked.add(cells.toList());
    }
    peekedRows = row - peeked.size();
    return List.copyOf(peeked);
  }

  @Override
  public boolean next(Cells cells) throws IOException {
    List<String> held = peeked.poll();
    if (held == null) {
      peekedRows = row + 1;
      return readRow(cells);
    }
    peekedRows++;
    cells.clear();
    held.forEach(cells::add);
    return true;
  }

  private boolean readRow(Cells cells) throws IOException {
    while (true) {
      int words = in.read();
      if (words < 0 && row == 0 && other >= 0) {
        throw new IOException(
            "DBN with records of type " + other + ", not of candles, trades or best quotes");
      }
      if (words < 0) {
        return false;
      }
      record.clear();
      record.put((byte) words);
      rest(Math.max(words * 4, 1));
      record.flip();
      if (words * 4 < HEADER) {
        throw new IOException("a record of " + words * 4 + " bytes");
      }
      int next = record.get(1) & 0xff;
      boolean known = next == TRADE || next == MBP_1 || (next >= FIRST_OHLCV && next <= LAST_OHLCV);
      if (known && type >= 0 && type != next) {
        throw new IOException("records of type " + type + " and " + next + " in one file");
      }
      if (known) {
        type = next;
        row++;
        fill(cells);
        return true;
      }
      other = next;
    }
  }

  private void fill(Cells cells) {
    long id = record.getInt(4) & 0xffffffffL;
    long time = record.getLong(8);
    cells.clear();
    cells.add(Long.toString(time));
    cells.add(Integer.toString(type));
    cells.add(Integer.toString(record.getShort(2) & 0xffff));
    cells.add(Long.toString(id));
    cells.add(dataset);
    cells.add(symbol(id, time));
    if (type >= FIRST_OHLCV) {
      for (int price = 0; price < 4; price++) {
        cells.add(Long.toString(record.getLong(HEADER + 8 * price)));
      }
      cells.add(Long.toUnsignedString(record.getLong(HEADER + 32)));
      return;
    }
    cells.add(Long.toString(record.getLong(HEADER)));
    cells.add(Integer.toUnsignedString(record.getInt(HEADER + 8)));
    cells.add(String.valueOf((char) record.get(HEADER + 12)));
    cells.add(String.valueOf((char) record.get(HEADER + 13)));
    cells.add(Integer.toUnsignedString(record.getInt(HEADER + 28)));
    if (type == MBP_1) {
      cells.add(Long.toString(record.getLong(HEADER + 32)));
      cells.add(Long.toString(record.getLong(HEADER + 40)));
      cells.add(Integer.toUnsignedString(record.getInt(HEADER + 48)));
      cells.add(Integer.toUnsignedString(record.getInt(HEADER + 52)));
    }
  }

  private String symbol(long id, long time) {
    List<Named> names = symbols.get(id);
    if (names == null) {
      return "";
    }
    if (names.size() == 1) {
      return names.get(0).symbol();
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(time, 86_400_000_000_000L));
    int day = date.getYear() * 10_000 + date.getMonthValue() * 100 + date.getDayOfMonth();
    for (Named name : names) {
      if (name.start() <= day && day < name.end()) {
        return name.symbol();
      }
    }
    return "";
  }

  @Override
  public long number() {
    return peekedRows;
  }

  @Override
  public String place(long number) {
    return "record " + number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
