package dev.candlewick.bench;

import io.questdb.ServerMain;
import io.questdb.client.Sender;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** QuestDB as a process of its own, spoken to by its own client and over its own HTTP. */
final class QuestDb implements Closeable {
  private final Process process;
  private final int port;

  private QuestDb(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it and makes the tables, trades with the key that Candlewick's have.
   *
   * @param commitMode {@code sync}: as durable as PostgreSQL; {@code nosync}: its default
   */
  static QuestDb start(Path folder, String commitMode) throws IOException, InterruptedException {
    int port;
    try (ServerSocket any = new ServerSocket(0)) {
      port = any.getLocalPort();
    }
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        conf.resolve("server.conf"),
        """
        http.bind.to=127.0.0.1:%d
        http.min.enabled=false
        pg.enabled=false
        line.tcp.enabled=false
        telemetry.enabled=false
        cairo.commit.mode=%s
        """
            .formatted(port, commitMode));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p",
                Path.of(
                        ServerMain.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .toString(),
                "-m",
                "io.questdb/io.questdb.ServerMain",
                "-d",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log.txt").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    QuestDb started = new QuestDb(process, port);
    started.awaitReady(folder.resolve("log.txt"));
    started.ask(
        "create table trades (symbol symbol, side symbol, price double, size double, id long,"
            + " ts timestamp) timestamp(ts) partition by day wal"
            + " dedup upsert keys(ts, symbol, id)");
    started.ask(
        "create table candles (symbol symbol, open double, high double, low double, close double,"
            + " volume double, ts timestamp) timestamp(ts) partition by month wal"
            + " dedup upsert keys(ts, symbol)");
    return started;
  }

  private void awaitReady(Path log) throws IOException, InterruptedException {
    for (int i = 0; i < 300 && process.isAlive(); i++) {
      try {
        ask("select 1");
        return;
      } catch (ConnectException notYet) {
        Thread.sleep(100);
      }
    }
    throw new IOException("QuestDB did not start:\n" + Files.readString(log));
  }

  /** The JSON answer to a statement. */
  String ask(String sql) throws IOException {
    try (BenchHttp http = connect()) {
      return new String(ask(http, sql), StandardCharsets.UTF_8);
    }
  }

  /** The same on a connection that stays open, for a client of many. */
  static byte[] ask(BenchHttp http, String sql) throws IOException {
    return http.get("/exec?query=" + URLEncoder.encode(sql, StandardCharsets.UTF_8));
  }

  /** The client that asks Candlewick. */
  BenchHttp connect() throws IOException {
    return new BenchHttp(URI.create("http://127.0.0.1:" + port));
  }

  /** A client that commits each {@code rows} rows. */
  Sender client(int rows) {
    return Sender.builder(Sender.Transport.HTTP)
        .address("127.0.0.1:" + port)
        .autoFlushRows(rows)
        .build();
  }

  /** Sends trades and waits until the last are committed. */
  void send(List<BenchTrades.Message> messages, int rowsACommit) {
    try (Sender sender = client(rowsACommit)) {
      for (BenchTrades.Message message : messages) {
        String symbol = BenchTrades.symbol(message.instrument());
        for (int i = 0; i < message.rows(); i++) {
          sender
              .table("trades")
              .symbol("symbol", symbol)
              .symbol("side", message.buys(i) ? "buy" : "sell")
              .doubleColumn("price", message.cents()[i] / 100.0)
              .doubleColumn("size", message.lots()[i] / 1000.0)
              .longColumn("id", message.firstId() + i)
              .at(message.ts()[i] * 1000, ChronoUnit.MICROS);
        }
      }
      sender.flush();
    }
  }

  /** Waits until committed rows can be read. */
  void awaitRows(String table, long rows) throws IOException, InterruptedException {
    for (int i = 0; i < 600; i++) {
      if (ask("select count() from " + table).contains("\"dataset\":[[" + rows + "]]")) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IOException(table + " does not come to " + rows + " rows");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
