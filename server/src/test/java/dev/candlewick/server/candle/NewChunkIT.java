package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.web.Range;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The first candle of a chunk: the roll-up makes the chunk, writes the candle and takes its mark
 * away in one transaction, while reads are being planned.
 */
class NewChunkIT {
  private static final int CHUNKS = 150;
  private static final int READERS = 3;
  private static final long WEEK = 7 * 86_400;
  private static final Timeframe MINUTE = Timeframe.ofSeconds(60);

  private final TestDatabase database = TestDatabase.shared();
  private final Vertx vertx = Vertx.vertx();
  private final Candles candles =
      new Candles(new CandleRepository(database.pool(vertx)), Clock.systemUTC());

  /** The minute that has a trade since before it is read; -1 at the end. */
  private final AtomicLong minute = new AtomicLong();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void noReadMissesACandleThatMovesToANewChunk() throws Exception {
    database.clear();
    database.execute("insert into market.instruments (venue, symbol) values ('v', 'NEWCHUNK')");
    int instrument = (int) database.number("select id from market.instruments");
    ExecutorService readers = Executors.newFixedThreadPool(READERS);
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      long first = Instant.parse("2012-01-05T10:00:00Z").getEpochSecond();
      trade(connection, instrument, first);
      List<Future<Long>> missed = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        missed.add(readers.submit(() -> readWithout(instrument)));
      }
      for (int chunk = 1; chunk <= CHUNKS; chunk++) {
        trade(connection, instrument, first + chunk * WEEK);
        rollUp(connection, instrument, first + chunk * WEEK);
      }
      minute.set(-1);
      for (Future<Long> reader : missed) {
        assertThat(reader.get()).as("reads without the candle").isZero();
      }
    } finally {
      minute.set(-1);
      readers.shutdownNow();
      database.clear();
    }
  }

  private void trade(Connection connection, int instrument, long second) throws SQLException {
    run(
        connection,
        "insert into market.trades values (?, to_timestamp(?), 1, 5, 1, 0, 0)",
        instrument,
        second);
    run(
        connection,
        "insert into ingest.dirty (level, ids, bucket) values (60, array[?], to_timestamp(?))",
        instrument,
        second);
    connection.commit();
    minute.set(second);
  }

  private static void rollUp(Connection connection, int instrument, long second)
      throws SQLException {
    run(
        connection,
        "insert into market.candles_1m (instrument_id, ts, open, high, low, close, volume, source)"
            + " values (?, to_timestamp(?), 5, 5, 5, 5, 1, 1)",
        instrument,
        second);
    run(
        connection,
        "delete from ingest.dirty where ids = array[?] and bucket = to_timestamp(?)",
        instrument,
        second);
    connection.commit();
  }

  private static void run(Connection connection, String sql, int instrument, long second)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, instrument);
      statement.setLong(2, second);
      statement.execute();
    }
  }

  private long readWithout(int instrument) throws InterruptedException, ExecutionException {
    long without = 0;
    for (long at = minute.get(); at >= 0; at = minute.get()) {
      Range range = new Range(at * 1_000_000, (at + 60) * 1_000_000);
      List<Candle> read =
          candles
              .find(instrument, Wanted.of(MINUTE, range, 10))
              .toCompletionStage()
              .toCompletableFuture()
              .get();
      without += read.isEmpty() ? 1 : 0;
    }
    return without;
  }
}
