package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.TradeIds;
import dev.candlewick.record.CsvText;
import dev.candlewick.record.EpochTime;
import dev.candlewick.record.MarketKind;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lines of trades, quotes or candles. */
record MarketRows(MarketKind kind, JsonDecoder decoder) implements RowReader<RawRow> {
  @Override
  public String word() {
    return kind.word();
  }

  @Override
  public boolean knows(String name) {
    Field field = Field.of(name);
    return field != null && !Field.foreignTo(kind).contains(field);
  }

  @Override
  public RawRow line(byte[] json, int from, int length) throws DecodeException {
    return decoder.decodeRow(json, from, length);
  }

  /**
   * Cells are text; those that other formats write as numbers, booleans or lists are converted
   * here.
   */
  @Override
  public RawRow cells(List<String> header, List<Cell> cells) {
    RawRow row = new RawRow();
    for (int i = 0; i < cells.size(); i++) {
      Field field = Field.of(header.get(i));
      if (field != null) {
        Cell cell = cells.get(i);
        String text = field == Field.ID ? id(cell) : cell.text().strip();
        row.put(field, value(field, CsvText.plain(text)));
      }
    }
    return row;
  }

  /** Spaces are part of an id, except around an unquoted integer. */
  private static String id(Cell cell) {
    String bare = cell.text().strip();
    boolean isPadded = !cell.quoted() && (bare.isEmpty() || TradeIds.isInteger(bare));
    return isPadded ? bare : cell.text();
  }

  @Override
  public RawRow unreadable(String fault) {
    return RawRow.unreadable(fault);
  }

  private static @Nullable Object value(Field field, String cell) {
    if (cell.isEmpty()) {
      return null;
    }
    return switch (field) {
      case TS -> time(cell);
      case CLOSED -> truth(cell);
      case FLAGS -> List.of(cell.split("[ |;]+"));
      default -> cell;
    };
  }

  private static Object time(String cell) {
    BigDecimal number = EpochTime.number(cell);
    return number == null ? cell : number;
  }

  private static Object truth(String cell) {
    return switch (cell.toLowerCase(Locale.ROOT)) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> cell;
    };
  }
}
