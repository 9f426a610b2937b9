package dev.candlewick.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Ways to get the same trades into {@code market.trades}. Each encodes everything it sends before
 * the clock starts, and stops the clock when the last row is committed.
 */
final class IngestBench {
  static final String COPY =
      "copy market.trades (instrument_id, ts, trade_id, price, size, side, flags)"
          + " from stdin (format binary)";

  private static final int BYTES_A_ROW = 2 + 4 * 7 + 4 + 8 * 4 + 2 * 2;
  private static final int COMMIT_ROWS = 5000;
  private static final byte[] COPY_HEAD =
      "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private final Database database;
  private final URI server;
  private final BenchTrades trades;
  private int[] instrumentIds = {};
  private final AtomicLong streams = new AtomicLong();

  IngestBench(Database database, URI server, BenchTrades trades) {
    this.database = database;
    this.server = server;
    this.trades = trades;
  }

  /** Creates the instruments with one trade each. */
  void makeInstruments(int count) throws Exception {
    List<BenchTrades.Message> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(trades.next(i));
    }
    try (BenchHttp http = new BenchHttp(server)) {
      sendAll(http, requests(messages));
    }
    instrumentIds = database.instrumentIds(count);
  }

  /** What one of several concurrent senders does. */
  private interface Sender {
    void send() throws Exception;
  }

  /**
   * Binary COPY with a commit every 5,000 rows, the rows divided among the connections; rows per
   * second.
   */
  double rawCopy(int connections, int rows) throws Exception {
    List<Sender> senders = new ArrayList<>();
    List<Connection> opened = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        List<byte[]> commits = new ArrayList<>();
        for (int done = 0; done < rows / connections; done += COMMIT_ROWS) {
          commits.add(copyOf(trades.next(COMMIT_ROWS, 1000)));
        }
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        opened.add(connection);
        senders.add(() -> copyAll(connection, commits));
      }
      return rows / seconds(senders);
    } finally {
      for (Connection connection : opened) {
        connection.close();
      }
    }
  }

  private byte[] copyOf(List<BenchTrades.Message> messages) {
    int rows = messages.stream().mapToInt(BenchTrades.Message::rows).sum();
    ByteBuffer bytes = ByteBuffer.allocate(COPY_HEAD.length + rows * BYTES_A_ROW + 2);
    bytes.put(COPY_HEAD);
    messages.forEach(message -> message.copyTo(bytes, instrumentIds[message.instrument()]));
    return bytes.putShort((short) -1).array();
  }

  private static void copyAll(Connection connection, List<byte[]> commits) throws Exception {
    for (byte[] rows : commits) {
      CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
      copy.writeToCopy(rows, 0, rows.length);
      copy.endCopy();
      connection.commit();
    }
  }

  /** Messages over as many streams; rows per second until all are acked. */
  double webSocket(int streamCount, int rowsAMessage, int rows) throws Exception {
    List<Sender> senders = new ArrayList<>();
    List<FeedStream> opened = new ArrayList<>();
    try {
      for (int i = 0; i < streamCount; i++) {
        List<byte[]> frames = frames(trades.next(rows / streamCount, rowsAMessage));
        FeedStream stream = openStream();
        opened.add(stream);
        senders.add(() -> stream.sendAll(frames));
      }
      return rows / seconds(senders);
    } finally {
      for (FeedStream stream : opened) {
        stream.close();
      }
    }
  }

  /** A stream that was not there before. */
  FeedStream openStream() throws IOException {
    return FeedStream.open(server, "bench-" + streams.incrementAndGet());
  }

  private static List<byte[]> frames(List<BenchTrades.Message> messages) {
    List<byte[]> frames = new ArrayList<>(messages.size());
    messages.forEach(message -> frames.add(message.frame(frames.size() + 1)));
    return frames;
  }

  /** Messages through Kafka; rows per second until all are committed. */
  double kafka(KafkaBench kafka, int rowsAMessage, int rows) throws Exception {
    return kafka.rate(database, trades.next(rows, rowsAMessage));
  }

  /** Requests one after another on each of the connections; rows per second. */
  double rest(int connections, int rowsARequest, int rows) throws Exception {
    List<Sender> senders = new ArrayList<>();
    List<BenchHttp> opened = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        List<byte[]> requests = requests(trades.next(rows / connections, rowsARequest));
        BenchHttp http = new BenchHttp(server);
        opened.add(http);
        senders.add(() -> sendAll(http, requests));
      }
      return rows / seconds(senders);
    } finally {
      for (BenchHttp http : opened) {
        http.close();
      }
    }
  }

  private List<byte[]> requests(List<BenchTrades.Message> messages) {
    return messages.stream()
        .map(message -> BenchHttp.post(server, "/v1/trades", message.body()))
        .toList();
  }

  private static void sendAll(BenchHttp http, List<byte[]> requests) throws IOException {
    for (byte[] request : requests) {
      http.send(request);
    }
  }

  /** How long all senders together take. */
  private static double seconds(List<Sender> senders) throws Exception {
    return Clients.runAll(senders.size(), client -> senders.get(client).send());
  }
}
