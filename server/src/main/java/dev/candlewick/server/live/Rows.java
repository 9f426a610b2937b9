package dev.candlewick.server.live;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.record.Column;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.CandleJson;
import dev.candlewick.server.indicator.IndicatorJson;
import dev.candlewick.server.indicator.IndicatorRow;
import dev.candlewick.server.record.RecordText;
import dev.candlewick.server.tick.Quote;
import dev.candlewick.server.tick.TickJson;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Times;
import java.io.IOException;
import java.util.List;

/**
 * A channel's rows: how one is written, and which of them replace one another while they wait.
 *
 * @param <T> the type of a row
 */
interface Rows<T> {
  /** Candles replace their earlier states. */
  Rows<Candle> CANDLES =
      new Rows<>() {
        @Override
        public void write(JsonGenerator json, Candle row, Times unit) throws IOException {
          CandleJson.write(json, row, unit);
        }

        @Override
        public long place(Candle row, long number) {
          return row.ts();
        }
      };

  /** Each trade, correction and cancellation is a row of its own. */
  Rows<Trade> TRADES = (json, row, unit) -> TickJson.liveTrade(json, unit, row);

  /** Each quote is a row of its own. */
  Rows<Quote> QUOTES = (json, row, unit) -> TickJson.quote(json, unit, row);

  /** Rows of indicators replace their earlier states. */
  static Rows<IndicatorRow> indicators(List<String> columns) {
    IndicatorJson text = new IndicatorJson(columns);
    return new Rows<>() {
      @Override
      public void write(JsonGenerator json, IndicatorRow row, Times unit) throws IOException {
        text.write(json, row, unit);
      }

      @Override
      public long place(IndicatorRow row, long number) {
        return row.ts();
      }

      @Override
      public int perMessage() {
        int bytes = 100;
        for (String column : columns) {
          bytes += column.length() + 30;
        }
        return Math.max(1, Math.min(MOST, MESSAGE_BYTES / bytes));
      }
    };
  }

  /** Records of a kind; large ones count for more. */
  Rows<LiveRecord> RECORDS =
      new Rows<>() {
        @Override
        public void write(JsonGenerator json, LiveRecord row, Times unit) throws IOException {
          RecordText.row(json, unit, row.columns(), row.stored());
        }

        @Override
        public int bytes(LiveRecord row) {
          int names = 0;
          for (Column column : row.columns()) {
            names += column.name().length() + 8;
          }
          return (int) (names + row.stored().size());
        }

        @Override
        public int weight(LiveRecord row) {
          return 1 + (int) (row.stored().size() / 1_024);
        }
      };

  /** The most rows in a message. */
  int MOST = 200;

  /** Below 64 KiB, where the default limits of common clients start. */
  int MESSAGE_BYTES = 60_000;

  /** How many rows a message may have. */
  default int perMessage() {
    return MOST;
  }

  /** Approximately how many bytes of a message a row takes, if that may be more than its share. */
  default int bytes(T row) {
    return 0;
  }

  /** How many rows it counts as while it waits. */
  default int weight(T row) {
    return 1;
  }

  void write(JsonGenerator json, T row, Times unit) throws IOException;

  /**
   * Where a row waits: rows are sent in this order, and of two in the same place the later one.
   *
   * @param number of the row, counted from the start of the subscription
   */
  default long place(T row, long number) {
    return number;
  }
}
