package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Kind;
import dev.candlewick.record.EpochTime;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lines of trades, quotes or candles. */
record MarketRows(Kind kind, JsonDecoder decoder) implements RowReader<RawRow> {
  @Override
  public String word() {
    return kind.word();
  }

  @Override
  public boolean knows(String name) {
    Field field = Field.of(name);
    return field != null && !kind.foreignFields.contains(field);
  }

  @Override
  public boolean trims() {
    return true;
  }

  @Override
  public RawRow line(byte[] json, int from, int length) throws DecodeException {
    return decoder.decodeRow(json, from, length);
  }

  /** Cells are text; those that must be numbers, truths or lists elsewhere are made so here. */
  @Override
  public RawRow cells(List<String> header, List<String> cells) {
    RawRow row = new RawRow();
    for (int i = 0; i < cells.size(); i++) {
      Field field = Field.of(header.get(i));
      if (field != null) {
        row.put(field, value(field, cells.get(i)));
      }
    }
    return row;
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
