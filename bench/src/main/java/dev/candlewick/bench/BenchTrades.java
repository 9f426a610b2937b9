package dev.candlewick.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A simulated market: trades in order of time, so many per millisecond, cut into messages of one
 * instrument each. The same seed gives the same rows; no row occurs twice.
 */
final class BenchTrades {
  static final String VENUE = "bench";

  /** Microseconds from 1970-01-01 to PostgreSQL's epoch, 2000-01-01. */
  private static final long POSTGRES_EPOCH = 946_684_800_000_000L;

  private final SplittableRandom random;
  private final long startMs;
  private final int perMs;
  private final long[] cents;
  private long count;

  /**
   * A market.
   *
   * @param startMs the time of its first trade, in epoch ms
   * @param perMs trades per millisecond
   */
  BenchTrades(long seed, int instruments, long startMs, int perMs) {
    this.random = new SplittableRandom(seed);
    this.startMs = startMs;
    this.perMs = perMs;
    this.cents = random.longs(instruments, 1_000_00, 60_000_00).toArray();
  }

  static String symbol(int instrument) {
    return "B%04d".formatted(instrument);
  }

  /**
   * Trades of one instrument that are sent together.
   *
   * @param ts epoch ms of each
   * @param cents price of each in hundredths
   * @param lots size of each in thousandths
   * @param firstId venue's id of the first; the others are consecutive
   */
  record Message(int instrument, long[] ts, long[] cents, int[] lots, long firstId) {
    int rows() {
      return ts.length;
    }

    /** The frame that is number {@code seq} of its stream. */
    byte[] frame(long seq) {
      return ("{\"t\":\"trades\",\"seq\":" + seq + "," + body().substring(1))
          .getBytes(StandardCharsets.US_ASCII);
    }

    /** The body of a POST. */
    String body() {
      StringBuilder json = new StringBuilder(128 + 80 * rows());
      json.append("{\"venue\":\"").append(VENUE).append("\",\"symbol\":\"");
      json.append(symbol(instrument)).append("\",\"rows\":[");
      for (int i = 0; i < rows(); i++) {
        json.append(i == 0 ? "{\"ts\":" : ",{\"ts\":").append(ts[i]).append(",\"price\":");
        decimal(json, cents[i], 100).append(",\"size\":");
        decimal(json, lots[i], 1000).append(",\"side\":");
        json.append(buys(i) ? "\"buy\"" : "\"sell\"").append(",\"id\":").append(firstId + i);
        json.append('}');
      }
      return json.append("]}").toString();
    }

    boolean buys(int row) {
      return (lots[row] & 1) == 0;
    }

    private static StringBuilder decimal(StringBuilder json, long steps, int stepsInOne) {
      json.append(steps / stepsInOne).append('.');
      return json.append(String.valueOf(stepsInOne + steps % stepsInOne), 1, digits(stepsInOne));
    }

    private static int digits(int stepsInOne) {
      return stepsInOne == 100 ? 3 : 4;
    }

    /** The rows in binary COPY format, with the columns of {@link IngestBench#COPY}. */
    void copyTo(ByteBuffer out, int instrumentId) {
      for (int i = 0; i < rows(); i++) {
        out.putShort((short) 7);
        out.putInt(4).putInt(instrumentId);
        out.putInt(8).putLong(ts[i] * 1000 - POSTGRES_EPOCH);
        out.putInt(8).putLong(firstId + i);
        out.putInt(8).putDouble(cents[i] / 100.0);
        out.putInt(8).putDouble(lots[i] / 1000.0);
        out.putInt(2).putShort((short) (buys(i) ? 1 : 2));
        out.putInt(2).putShort((short) 0);
      }
    }
  }

  /** The next {@code rows} trades, in messages of {@code rowsAMessage}. */
  List<Message> next(int rows, int rowsAMessage) {
    List<Message> messages = new ArrayList<>();
    for (int done = 0; done < rows; done += rowsAMessage) {
      messages.add(message(random.nextInt(cents.length), Math.min(rowsAMessage, rows - done)));
    }
    return messages;
  }

  /** One trade of this instrument. */
  Message next(int instrument) {
    return message(instrument, 1);
  }

  private Message message(int instrument, int rows) {
    Message message =
        new Message(instrument, new long[rows], new long[rows], new int[rows], count + 1);
    for (int i = 0; i < rows; i++) {
      cents[instrument] = Math.max(100, cents[instrument] + random.nextInt(-5, 6));
      message.ts[i] = startMs + count++ / perMs;
      message.cents[i] = cents[instrument];
      message.lots[i] = 1 + random.nextInt(5000);
    }
    return message;
  }
}
