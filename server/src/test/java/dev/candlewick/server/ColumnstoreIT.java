package dev.candlewick.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Late data meets a chunk that is compressed, or is just being compressed. Only the Community
 * edition has a columnstore; on the other there is nothing to test.
 */
class ColumnstoreIT {
  private static final int ROWS = 160_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestDatabase database;
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server = ServerProcess.on(database);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void assumeCommunity() {
    String edition = database.text("select edition from ingest.edition");
    assumeThat(edition).as("the edition that has a columnstore").isEqualTo("community");
  }

  /** Compresses every chunk of a table, or unpacks them. */
  private static void each(String what, String table) {
    database.execute(
        """
        do $$ declare c regclass; begin
          for c in select show_chunks('market.%s') loop perform %s(c, true); end loop;
        end $$
        """
            .formatted(table, what));
  }

  private static long stored(String symbol) {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  // Experiment 17.

  @Test
  void lateRowsAndRowsKnownAlreadyMeetACompressedChunk() {
    assumeCommunity();
    for (int first = 0; first < ROWS; first += 20_000) {
      assertThat(post("COMPRESSED", first, 1, 20_000).getInteger("inserted")).isEqualTo(20_000);
    }
    each("compress_chunk", "trades");
    JsonObject late = post("COMPRESSED", 0, 333, ROWS / 333);
    assertThat(late.getInteger("duplicates")).isEqualTo(ROWS / 333);
    JsonObject between = post("COMPRESSED", ROWS + 1, 2, 2_000);
    assertThat(between.getInteger("inserted")).isEqualTo(2_000);
    assertThat(stored("COMPRESSED")).isEqualTo(ROWS + 2_000);
    server.awaitReady();
  }

  /**
   * So many trades, their ids {@code apart} from {@code first} on; the time follows from the id.
   */
  private static JsonObject post(String symbol, int first, int apart, int count) {
    StringBuilder csv = new StringBuilder("ts,price,size,id\n");
    for (int i = 0; i < count; i++) {
      int id = first + i * apart;
      // Ids beyond those of the compressed rows lie between them in time.
      long ts = Messages.HOUR_AGO * 1_000 + id % ROWS * 500L + id / ROWS;
      csv.append(ts).append(",1,1,").append(id).append('\n');
    }
    HttpResponse<String> answer =
        server.post(
            "/v1/trades?venue=binance&symbol=" + symbol + "&unit=us",
            "text/csv",
            csv.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  @Test
  void sizesOfWhatIsStoredAreTold() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      String edition = database.text("select edition from ingest.edition");
      ChunkRepository.Sizes none = new ChunkRepository.Sizes(0, 0);
      ChunkRepository stored = new ChunkRepository(database.pool(vertx), edition);
      var sizes = stored.sizes().toCompletionStage().toCompletableFuture().get(30, SECONDS);
      assertThat(sizes).containsKeys("trades", "candles_1m", "candles_1d", "records");
      assertThat(sizes.getOrDefault("trades", none).live()).isPositive();
      assertThat(sizes.values()).allMatch(size -> size.live() >= 0 && size.columnstore() >= 0);
      assertThat(server.get("/metrics").body())
          .contains("candlewick_chunks_size_bytes{form=\"live\",relation=\"trades\"}");
      assumeCommunity();
      post("SIZES", 0, 1, 20_000);
      each("compress_chunk", "trades");
      var packed = stored.sizes().toCompletionStage().toCompletableFuture().get(30, SECONDS);
      assertThat(packed.getOrDefault("trades", none).columnstore()).isPositive();
    } finally {
      vertx.close();
    }
  }

  @Test
  void correctedCandlesMeetACompressedChunk() {
    assumeCommunity();
    long day = Messages.HOUR_AGO / 86_400_000 * 86_400_000 - 20L * 86_400_000;
    database.execute(
        """
        insert into market.instruments (venue, symbol)
        select 'binance', 'OLD-' || i from generate_series(1, 150) i;
        insert into market.candles_1m
          (instrument_id, ts, open, high, low, close, volume, source)
        select id, to_timestamp(%d) + minute * interval '1 minute', 1, 1, 1, 1, 1, 2
        from market.instruments, generate_series(0, 1439) minute where symbol like 'OLD-%%'
        """
            .formatted(day / 1_000));
    each("compress_chunk", "candles_1m");
    // One of each: all that lies about them is unpacked, in all more than TimescaleDB unpacks in
    // one transaction by default.
    List<JsonObject> rows = new ArrayList<>();
    for (int i = 1; i <= 150; i++) {
      rows.add(Messages.candle(day, 1, 9, 1, 2).put("symbol", "OLD-" + i).put("timeframe", "1m"));
    }
    HttpResponse<String> answer =
        server.post("/v1/candles", Messages.body("OLD", rows.toArray(new JsonObject[0])));
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).getInteger("updated")).isEqualTo(150);
    assertThat(database.number("select count(*) from market.candles_1m where high = 9"))
        .isEqualTo(150);
  }

  @Test
  void compressingWhileRowsComeInLosesAndDoublesNothing() {
    assumeCommunity();
    List<SteadyFeed> feeds = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      feeds.add(new SteadyFeed(server::url, "PACKED-" + i, 1_500, 10));
    }
    for (int i = 0; i < 15; i++) {
      long before = feeds.get(0).acked();
      each("compress_chunk", "trades");
      ServerProcess.await("progress", PATIENCE, () -> feeds.get(0).acked() > before);
      each("decompress_chunk", "trades");
    }
    for (SteadyFeed feed : feeds) {
      feed.awaitDone(PATIENCE);
      feed.check(database);
      feed.checkCandles(database);
    }
  }
}
