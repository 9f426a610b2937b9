package dev.candlewick.bench;

import io.questdb.client.Sender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Candlewick and QuestDB on the same machine, by turns: the same trades, each by its own client,
 * client and server together; the same stored candles over HTTP. {@code CANDLEWICK_DB_URL} names
 * the database, whose fsync and synchronous_commit should be on.
 */
class QuestDbBenchmarks {
  private static final int RUNS = 5;
  private static final int ROWS = 500_000;
  private static final int QUERIES = 200;
  private static final String OURS = "Candlewick, WebSocket, 4 streams, 1,000 rows a message";
  private static final String CANDLES = "Candlewick, range of 1,000 of 1m, %d clients";

  @TempDir private Path folder;

  private final Figures figures = new Figures();
  private final BenchTrades trades =
      new BenchTrades(3, 100, System.currentTimeMillis() - 86_400_000L, 1);

  private interface Turn {
    void take() throws Exception;
  }

  @Test
  void besideQuestDb() throws Exception {
    Consumer<String> say = System.err::println;
    try (BenchTarget target = BenchTarget.start(System.getenv("CANDLEWICK_DB_URL"));
        QuestDb durable = QuestDb.start(folder.resolve("sync"), "sync");
        QuestDb byDefault = QuestDb.start(folder.resolve("nosync"), "nosync")) {
      IngestBench ingest = new IngestBench(target.database(), target.url(), trades);
      ingest.makeInstruments(100);
      QueryBench queries =
          new QueryBench(target.url(), target.database(), target.database().instrumentIds(100), 10);
      say.accept("storing 30 days of minutes of 10 instruments in both");
      queries.load();
      load(durable);
      List<Turn> turns = new ArrayList<>();
      turns.add(() -> rate(OURS, ingest.webSocket(4, 1000, ROWS)));
      for (int rows : new int[] {5_000, 75_000}) {
        String commits = "%,d rows a commit".formatted(rows);
        turns.add(() -> rate("QuestDB, as durable, " + commits, send(durable, rows)));
        turns.add(() -> rate("QuestDB, its default, " + commits, send(byDefault, rows)));
      }
      for (int clients : new int[] {4, 32}) {
        String ours = CANDLES.formatted(clients);
        turns.add(() -> figures.add(ours, "1/s", null, answered(queries, clients)));
        String its = "QuestDB, the same candles, %d clients".formatted(clients);
        turns.add(() -> figures.add(its, "1/s", ours, asked(durable, clients)));
      }
      takeTurns(turns, target.database(), say);
    }
    System.out.print(figures.table());
  }

  private void takeTurns(List<Turn> turns, Database database, Consumer<String> say)
      throws Exception {
    for (int run = 0; run <= RUNS; run++) {
      say.accept(run == 0 ? "warming up" : "run %d of %d".formatted(run, RUNS));
      figures.warmingUp(run == 0);
      for (Turn turn : turns) {
        turn.take();
        database.awaitRolledUp();
      }
      Collections.rotate(turns, 1);
    }
  }

  private void rate(String name, double rowsASecond) {
    figures.add(name, "rows/s", OURS, rowsASecond);
  }

  /** Two clients share the trades, as two lanes do. */
  private double send(QuestDb questDb, int rowsACommit) throws Exception {
    List<BenchTrades.Message> messages = trades.next(ROWS, 1000);
    int half = messages.size() / 2;
    double seconds =
        Clients.runAll(
            2,
            client ->
                questDb.send(
                    client == 0
                        ? messages.subList(0, half)
                        : messages.subList(half, messages.size()),
                    rowsACommit));
    return ROWS / seconds;
  }

  private static void load(QuestDb questDb) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(2);
    Instant from = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(30, ChronoUnit.DAYS);
    int minutes = 30 * 1440;
    try (Sender sender = questDb.client(50_000)) {
      for (int instrument = 0; instrument < 10; instrument++) {
        for (int i = 0; i < minutes; i++) {
          double open = random.nextInt(100_000) / 100.0;
          sender
              .table("candles")
              .symbol("symbol", BenchTrades.symbol(instrument))
              .doubleColumn("open", open)
              .doubleColumn("high", open + 7)
              .doubleColumn("low", open - 7)
              .doubleColumn("close", open + 1)
              .doubleColumn("volume", random.nextInt(9999) / 1000.0)
              .at(from.plus(i, ChronoUnit.MINUTES));
        }
      }
    }
    questDb.awaitRows("candles", 10L * minutes);
  }

  /** Ranges of 1,000 candles a second. */
  private static double answered(QueryBench queries, int clients) throws Exception {
    return queries.atOnceOverHttp(QueryBench.Query.RANGE_1000, clients, QUERIES).perSecond();
  }

  private static double asked(QuestDb questDb, int clients) throws Exception {
    Instant from = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(30, ChronoUnit.DAYS);
    double seconds =
        Clients.runAll(
            clients,
            client -> {
              SplittableRandom random = new SplittableRandom(client);
              try (BenchHttp http = questDb.connect()) {
                for (int i = 0; i < QUERIES; i++) {
                  Instant start = from.plus(60 + random.nextInt(42_000), ChronoUnit.MINUTES);
                  QuestDb.ask(
                      http,
                      "select ts, open, high, low, close, volume from candles where symbol = '%s'"
                              .formatted(BenchTrades.symbol(random.nextInt(10)))
                          + " and ts >= '%s' and ts < '%s'"
                              .formatted(start, start.plus(1000, ChronoUnit.MINUTES)));
                }
              }
            });
    return clients * QUERIES / seconds;
  }
}
