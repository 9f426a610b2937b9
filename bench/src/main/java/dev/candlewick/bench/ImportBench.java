package dev.candlewick.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * The command {@code import} beside a feed of the same rows: 1m candles of 50 instruments up to
 * today, each time of a venue that has none yet.
 */
final class ImportBench {
  private static final int INSTRUMENTS = 50;
  private static final int STREAMS = 4;
  private static final int ROWS_A_MESSAGE = 1_000;
  private static final long MINUTE_MILLIS = 60_000;
  private static final String[] FIELDS = {
    "ts", "open", "high", "low", "close", "volume", "quote_volume", "trades"
  };

  private final URI server;
  private final Class<?> main;
  private final SplittableRandom random = new SplittableRandom(5);
  private int venues;

  /** {@code main}: the class to run with {@code import}. */
  ImportBench(URI server, Class<?> main) {
    this.server = server;
    this.main = main;
  }

  /** A candle as it stands in a file, its fields in their order. */
  private record Row(int instrument, String[] values) {}

  /** Messages encoded before, over four streams; rows per second until all are acked. */
  double webSocket(int rows) throws Exception {
    String venue = "import-" + ++venues;
    List<List<byte[]>> frames = new ArrayList<>();
    List<FeedStream> streams = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      frames.add(new ArrayList<>());
      streams.add(FeedStream.open(server, venue + "-" + i));
    }
    List<Row> all = rows(rows);
    int messages = 0;
    for (int from = 0; from < all.size(); messages++) {
      int to = from;
      while (to < Math.min(all.size(), from + ROWS_A_MESSAGE)
          && all.get(to).instrument == all.get(from).instrument) {
        to++;
      }
      List<byte[]> its = frames.get(messages % STREAMS);
      its.add(frame(venue, its.size() + 1, all.subList(from, to)));
      from = to;
    }
    double seconds = Clients.runAll(STREAMS, i -> streams.get(i).sendAll(frames.get(i)));
    for (FeedStream stream : streams) {
      stream.close();
    }
    return all.size() / seconds;
  }

  private static byte[] frame(String venue, int seq, List<Row> rows) {
    StringBuilder json = new StringBuilder(128 + 128 * rows.size());
    json.append("{\"t\":\"candles\",\"seq\":").append(seq).append(",\"venue\":\"").append(venue);
    json.append("\",\"symbol\":\"").append(BenchTrades.symbol(rows.get(0).instrument));
    json.append("\",\"timeframe\":\"1m\",\"rows\":[");
    for (int row = 0; row < rows.size(); row++) {
      json.append(row == 0 ? "{" : ",{");
      for (int i = 0; i < FIELDS.length; i++) {
        json.append(i == 0 ? "\"" : ",\"").append(FIELDS[i]).append("\":");
        json.append(rows.get(row).values[i]);
      }
      json.append('}');
    }
    return json.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** A gzip CSV file; rows per second from the command's start to its end, its check included. */
  double gzipCsv(int rows) throws IOException, InterruptedException {
    List<Row> all = rows(rows);
    Path file = Files.createTempFile("candlewick-bench", ".csv.gz");
    try {
      try (BufferedWriter csv =
          new BufferedWriter(
              new OutputStreamWriter(
                  new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.US_ASCII))) {
        csv.write("symbol," + String.join(",", FIELDS) + "\n");
        for (Row row : all) {
          csv.write(BenchTrades.symbol(row.instrument) + "," + String.join(",", row.values) + "\n");
        }
      }
      long start = System.nanoTime();
      runImport(file);
      return all.size() / ((System.nanoTime() - start) / 1e9);
    } finally {
      Files.delete(file);
    }
  }

  private void runImport(Path file) throws IOException, InterruptedException {
    Process command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                "import",
                "candles",
                file.toString(),
                "--venue=import-" + ++venues,
                "--timeframe=1m",
                "--url=" + server)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (command.waitFor() != 0) {
      throw new IOException("import ended with " + command.exitValue());
    }
  }

  /** Instrument by instrument, each in order of time. */
  private List<Row> rows(int count) {
    int each = count / INSTRUMENTS;
    long start = Instant.now().truncatedTo(ChronoUnit.DAYS).toEpochMilli() - each * MINUTE_MILLIS;
    List<Row> rows = new ArrayList<>(each * INSTRUMENTS);
    for (int instrument = 0; instrument < INSTRUMENTS; instrument++) {
      for (int minute = 0; minute < each; minute++) {
        rows.add(new Row(instrument, values(start + minute * MINUTE_MILLIS)));
      }
    }
    return rows;
  }

  private String[] values(long ts) {
    int open = random.nextInt(100_00, 60_000_00);
    int lots = random.nextInt(1, 5_000_000);
    return new String[] {
      String.valueOf(ts),
      decimal(open),
      decimal(open + 150),
      decimal(open - 125),
      decimal(open + 37),
      decimal(lots),
      decimal(random.nextInt(1, 1_000_000_000)),
      String.valueOf(1 + lots % 3_000)
    };
  }

  private static String decimal(int hundredths) {
    return hundredths / 100 + "." + hundredths / 10 % 10 + hundredths % 10;
  }
}
