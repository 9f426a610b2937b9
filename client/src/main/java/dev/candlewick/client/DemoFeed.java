package dev.candlewick.client;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams a {@link SimulatedMarket} to a server as it happens, starting with the trades of some
 * time before, so that charts are full at once.
 *
 * <p><b>Started again</b>, it resends the trades of that time, whatever an earlier run got through:
 * they are the same trades with the same ids, so the server stores the missing ones and counts the
 * rest as duplicates, and the time between the runs is filled. Quotes have no ids; they are sent
 * from the start on only, so none is sent twice. The stream is always {@code demo}: a second demo
 * on the same server ends the first.
 *
 * <p>If the server is busy or unavailable, it waits; it then resumes where it was and catches up.
 */
public final class DemoFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DemoFeed.class);
  private static final String STREAM = "demo";
  private static final int BATCH = 500;

  /** How much is generated at once: limits memory while there is much to catch up on. */
  private static final long SLICE_MICROS = 60_000_000;

  private static final long PAUSE_MS = 200;
  private static final Duration LAST_FLUSH = Duration.ofSeconds(2);

  private final SimulatedMarket market;
  private final IngestClient client;
  private final Clock clock;
  private final TickBatcher batcher = new TickBatcher(BATCH);
  private final Thread thread;

  private DemoFeed(SimulatedMarket market, IngestClient client, Clock clock, Duration backfill) {
    this.market = market;
    this.client = client;
    this.clock = clock;
    long start = micros();
    thread = new Thread(() -> run(start - backfill.toSeconds() * 1_000_000, start), "demo-feed");
    thread.setDaemon(true);
  }

  /**
   * Connects and starts.
   *
   * @param uri such as {@code ws://127.0.0.1:8080/v1/ingest}
   * @param backfill how long before now the trades start; less than trades are retained
   */
  public static DemoFeed start(
      URI uri, @Nullable String apiKey, SimulatedMarket market, Duration backfill)
      throws IngestException, InterruptedException {
    IngestClient client = IngestClient.connect(uri, STREAM, apiKey, new Warnings());
    DemoFeed feed = new DemoFeed(market, client, Clock.systemUTC(), backfill);
    feed.thread.start();
    return feed;
  }

  /** Stops, allowing two seconds for messages in flight to be committed. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(LAST_FLUSH.toMillis());
      client.flush(LAST_FLUSH);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IngestException e) {
      // It had already stopped, and said so.
    } finally {
      client.close();
    }
  }

  private void run(long from, long quotesFrom) {
    long done = from;
    try {
      while (true) {
        long to = Math.min(micros(), done + SLICE_MICROS);
        if (to > done) {
          send(market.trades(done, to));
          send(market.quotes(Math.max(done, quotesFrom), to));
          done = to;
        }
        if (to >= micros() - PAUSE_MS * 1_000) {
          Thread.sleep(PAUSE_MS);
        }
      }
    } catch (InterruptedException e) {
      // close() is waiting for this.
    } catch (IngestException e) {
      LOG.warn("the demo feed has stopped: {}", e.getMessage());
    }
  }

  private void send(List<RecordedTick> ticks) throws IngestException, InterruptedException {
    List<RecordedMessage> messages = new ArrayList<>();
    for (RecordedTick tick : ticks) {
      RecordedMessage full = batcher.add(tick);
      if (full != null) {
        messages.add(full);
      }
    }
    messages.addAll(batcher.rest());
    for (RecordedMessage message : messages) {
      client.send(message.message());
    }
  }

  private long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }

  private static final class Warnings implements IngestListener {
    @Override
    public void rejected(Rejection rejection) {
      LOG.warn("a simulated row was rejected: {} {}", rejection.field(), rejection.code());
    }

    @Override
    public void disconnected(IOException cause) {
      LOG.warn("the demo feed reconnects: {}", cause.getMessage());
    }
  }
}
