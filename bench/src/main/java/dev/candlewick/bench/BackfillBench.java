package dev.candlewick.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Loads the past, and queries it as soon as it is acked: how long until the candles of the whole
 * range are right, how long until all of them are stored, and how many reads were refused
 * meanwhile.
 */
final class BackfillBench {
  private static final long DAY_MILLIS = 86_400_000;
  private static final int ROWS_A_MESSAGE = 1_000;
  private static final List<String> TIMEFRAMES =
      List.of("1d", "1m", "5m", "15m", "1h", "4h", "7m", "1w");

  /** More than the longest bucket: the first one may start before the first row. */
  private static final long LONGEST_MILLIS = 8 * DAY_MILLIS;

  /** Instruments used by nothing else. */
  private int instrument = 5_000;

  private long streams;
  private final URI server;
  private final Database database;
  private final Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
  private final SplittableRandom random = new SplittableRandom(3);

  BackfillBench(URI server, Database database) {
    this.server = server;
    this.database = database;
  }

  /**
   * The same number of rows for each of some instruments, spread evenly over the days before today.
   *
   * @param first the instruments' numbers start here
   * @param rows of each instrument
   */
  record Load(int first, int instruments, int days, int rows) {
    int all() {
      return instruments * rows;
    }
  }

  /** For instruments that have no data yet. */
  Load load(int instruments, int days, int rows) {
    int first = instrument;
    instrument += instruments;
    return new Load(first, instruments, days, rows);
  }

  /** The result of a load; right means the candles of a few of its instruments. */
  record Loaded(double rowsASecond, double firstSeconds, double allSeconds, double storedSeconds) {}

  /**
   * Sends a load as trades over one stream, instrument by instrument within each stretch of time.
   *
   * @param backwards the last message first
   */
  Loaded trades(Load load, boolean backwards) throws Exception {
    List<byte[]> frames = frames(load, backwards);
    double seconds;
    try (FeedStream stream = FeedStream.open(server, "backfill-" + ++streams)) {
      long start = System.nanoTime();
      for (byte[] frame : frames) {
        stream.send(frame);
      }
      stream.flush();
      seconds = since(start);
    }
    return loaded(load, load.all() / seconds);
  }

  /** Sends a load as the venue's 1m candles, one request after the other. */
  Loaded candles(Load load) throws Exception {
    long start = System.nanoTime();
    for (int row = 0; row < load.rows; row += ROWS_A_MESSAGE) {
      for (int i = 0; i < load.instruments; i++) {
        StringBuilder rows = new StringBuilder();
        for (int at = row; at < Math.min(row + ROWS_A_MESSAGE, load.rows); at++) {
          long ts = millis(load, at);
          rows.append(rows.isEmpty() ? "" : ",").append(candle(ts - ts % 60_000));
        }
        post(load.first + i, rows);
      }
    }
    return loaded(load, load.all() / since(start));
  }

  private Loaded loaded(Load load, double rowsASecond) throws Exception {
    long acked = System.nanoTime();
    awaitRight(load, load.first, "1d");
    double first = since(acked);
    for (int i = 0; i < load.instruments; i += Math.max(1, load.instruments / 4)) {
      for (String timeframe : TIMEFRAMES) {
        awaitRight(load, load.first + i, timeframe);
      }
    }
    double all = since(acked);
    database.awaitRolledUp();
    return new Loaded(rowsASecond, first, all, since(acked));
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private List<byte[]> frames(Load load, boolean backwards) {
    List<BenchTrades.Message> messages = new ArrayList<>();
    for (int row = 0; row < load.rows; row += ROWS_A_MESSAGE) {
      int count = Math.min(ROWS_A_MESSAGE, load.rows - row);
      for (int i = 0; i < load.instruments; i++) {
        long[] ts = new long[count];
        for (int at = 0; at < count; at++) {
          ts[at] = millis(load, row + at);
        }
        long[] cents = random.longs(count, 100_00, 200_00).toArray();
        int[] lots = random.ints(count, 1, 5_000).toArray();
        messages.add(new BenchTrades.Message(load.first + i, ts, cents, lots, row + 1L));
      }
    }
    if (backwards) {
      Collections.reverse(messages);
    }
    List<byte[]> frames = new ArrayList<>(messages.size());
    messages.forEach(message -> frames.add(message.frame(frames.size() + 1)));
    return frames;
  }

  private long millis(Load load, int row) {
    return today.toEpochMilli()
        - load.days * DAY_MILLIS
        + row * (load.days * DAY_MILLIS / load.rows);
  }

  private String candle(long ts) {
    int cents = random.nextInt(100_00, 200_00);
    return "{\"ts\":%d,\"open\":%2$s,\"high\":%2$s,\"low\":%2$s,\"close\":%2$s,\"volume\":1,\"trades\":1}"
        .formatted(ts, cents / 100.0);
  }

  private void post(int number, StringBuilder rows) throws IOException {
    String body =
        "{\"venue\":\"%s\",\"symbol\":\"%s\",\"timeframe\":\"1m\",\"rows\":[%s]}"
            .formatted(BenchTrades.VENUE, BenchTrades.symbol(number), rows);
    HttpURLConnection request =
        (HttpURLConnection) server.resolve("/v1/candles").toURL().openConnection();
    request.setRequestMethod("POST");
    request.setDoOutput(true);
    request.setRequestProperty("Content-Type", "application/json");
    request.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
    if (request.getResponseCode() != 200) {
      throw new IOException("a load was refused: " + request.getResponseCode());
    }
    request.getInputStream().readAllBytes();
  }

  /** Asks until every row of the load is in the candles of a timeframe, for at most two minutes. */
  private void awaitRight(Load load, int number, String timeframe) throws Exception {
    long giveUp = System.nanoTime() + 120_000_000_000L;
    while (countTrades(load, number, timeframe) != load.rows) {
      if (System.nanoTime() > giveUp) {
        throw new TimeoutException(timeframe + " is not right after two minutes");
      }
      Thread.sleep(20);
    }
  }

  /** What the candles say about their trades over the whole range; -1 if any answer is refused. */
  private long countTrades(Load load, int number, String timeframe) throws IOException {
    long trades = 0;
    String cursor = "";
    do {
      long from = millis(load, 0) - LONGEST_MILLIS;
      String range = path(number, timeframe, 10_000, from) + "&to=" + millis(load, load.rows);
      Answered answer = get(range + cursor);
      if (answer.status != HttpURLConnection.HTTP_OK) {
        return -1;
      }
      JsonObject page = new JsonObject(Buffer.buffer(answer.body));
      trades +=
          page.getJsonArray("candles").stream()
              .mapToLong(candle -> ((JsonObject) candle).getLong("trades"))
              .sum();
      String next = page.getString("next_cursor");
      cursor = next == null ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    return trades;
  }

  private static String path(int number, String timeframe, int limit, long from) {
    return "/v1/candles?venue=%s&symbol=%s&timeframe=%s&limit=%d&from=%d"
        .formatted(BenchTrades.VENUE, BenchTrades.symbol(number), timeframe, limit, from);
  }

  private record Answered(int status, byte[] body) {}

  private Answered get(String path) throws IOException {
    HttpURLConnection request = (HttpURLConnection) server.resolve(path).toURL().openConnection();
    int status = request.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      return new Answered(status, new byte[0]);
    }
    try (InputStream body = request.getInputStream()) {
      return new Answered(status, body.readAllBytes());
    }
  }

  /** Reads of 1,000 candles, one after another: milliseconds of each; those refused. */
  record Reads(double[] milliseconds, int refused) {}

  /** Reads anywhere in a load, from any of its instruments and timeframes, until stopped. */
  Reads readUntil(Load load, BooleanSupplier stop) throws Exception {
    SplittableRandom any = new SplittableRandom(4);
    List<Double> times = new ArrayList<>();
    int refused = 0;
    while (!stop.getAsBoolean()) {
      int number = load.first + any.nextInt(load.instruments);
      String timeframe = TIMEFRAMES.get(any.nextInt(TIMEFRAMES.size()));
      long from = millis(load, any.nextInt(load.rows));
      long start = System.nanoTime();
      int status = get(path(number, timeframe, 1_000, from)).status;
      // Before its first row the instrument is unknown.
      if (status != HttpURLConnection.HTTP_NOT_FOUND) {
        refused += status == HttpURLConnection.HTTP_OK ? 0 : 1;
        times.add((System.nanoTime() - start) / 1e6);
      }
      Thread.sleep(10);
    }
    return new Reads(times.stream().mapToDouble(Double::doubleValue).toArray(), refused);
  }
}
