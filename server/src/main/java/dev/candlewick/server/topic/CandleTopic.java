package dev.candlewick.server.topic;

import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.lead.Lead;
import dev.candlewick.server.lead.LeadRepository;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes candles to a topic once they are closed, and again when they are amended. On one
 * instance at a time, on its own thread, because Kafka's producer blocks. While Kafka is
 * unavailable, candles that are due are kept in the database.
 */
public final class CandleTopic {
  private static final Logger LOG = LoggerFactory.getLogger(CandleTopic.class);
  private static final long EVERY_MILLIS = 500;
  private static final long RETRY_MILLIS = 1_000;
  private static final long FORGET_NANOS = 60_000_000_000L;
  private static final int BATCH = 2_000;

  /** Parts of the journal before candles are published: what is in it is soon forgotten. */
  private static final int LOOKS = 100;

  private final TopicConfig config;
  private final LeadRepository<OutRepository> lead;
  private final Candidates candidates;
  private final Clock clock;
  private final TopicMetrics metrics;
  private final Thread thread = new Thread(this::run, "candlewick-candle-topic");
  private volatile boolean stopping;
  private volatile boolean lost;
  private @Nullable TopicProducer producer;
  private boolean failing;
  private long toldAt = System.nanoTime();
  private long forgotAt = System.nanoTime();

  /** {@link #start} starts it; candles must come from the primary. */
  public CandleTopic(
      TopicConfig config,
      LeadRepository<OutRepository> lead,
      Candles candles,
      Clock clock,
      TopicMetrics metrics) {
    this.config = config;
    this.lead = lead;
    this.candidates = new Candidates(candles);
    this.clock = clock;
    this.metrics = metrics;
  }

  public void start() {
    thread.start();
  }

  /** Lets another instance take over. */
  public void stop() throws InterruptedException {
    stopping = true;
    thread.interrupt();
    thread.join(TimeUnit.SECONDS.toMillis(5));
  }

  private void run() {
    while (!stopping) {
      try {
        lost = false;
        Lead<OutRepository> held = await(lead.lead(() -> lost = true));
        if (held == null) {
          metrics.behind(0);
          Thread.sleep(RETRY_MILLIS);
        } else {
          lead(held);
        }
      } catch (ExecutionException | TimeoutException e) {
        failed(e);
        pause();
      } catch (InterruptedException e) {
        LOG.debug("candles are no longer sent to the topic");
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lead(Lead<OutRepository> held)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      toldAt = System.nanoTime();
      while (!stopping && !lost) {
        boolean more = pass(held.work());
        metrics.behind((System.nanoTime() - toldAt) / 1_000_000_000L);
        Thread.sleep(more ? 1 : EVERY_MILLIS);
      }
    } finally {
      close();
      held.release().run();
    }
  }

  /** Handles some of what was committed, then some of what is due; true if there is more. */
  private boolean pass(OutRepository held)
      throws ExecutionException, InterruptedException, TimeoutException {
    boolean begun = false;
    while (!begun) {
      begun = await(held.begin(config.topic()));
    }
    boolean more = true;
    for (int i = 0; more && i < LOOKS; i++) {
      more = await(held.look());
    }
    if (System.nanoTime() - forgotAt > FORGET_NANOS) {
      forgotAt = System.nanoTime();
      await(held.forget());
    }
    try {
      return tell(held, open(held)) || more;
    } catch (KafkaException e) {
      close();
      failed(e);
      return false;
    }
  }

  private TopicProducer open(OutRepository held)
      throws ExecutionException, InterruptedException, TimeoutException {
    TopicProducer opened = producer;
    if (opened == null) {
      opened = new TopicProducer(config);
      producer = opened;
      await(held.goOn(opened.lastNumber()));
    }
    return opened;
  }

  private boolean tell(OutRepository held, TopicProducer open)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<Due> due = await(held.due(clock.instant().getEpochSecond(), BATCH));
    if (!due.isEmpty()) {
      List<Told> all = await(candidates.read(due));
      List<Told> told = all.stream().filter(one -> one.value() != null).toList();
      long number = await(held.note(all));
      if (!told.isEmpty()) {
        open.tell(number, told);
        await(held.told(number));
        metrics.told(told.size());
      }
    }
    toldAt = System.nanoTime();
    worksAgain();
    return due.size() == BATCH;
  }

  private void close() {
    TopicProducer open = producer;
    producer = null;
    if (open != null) {
      open.close();
    }
  }

  /** Logged once, until it works again. */
  private void failed(Exception fault) {
    if (!failing && !stopping) {
      failing = true;
      LOG.warn("candles cannot be sent to the topic, trying again: {}", fault.toString());
    }
  }

  private void worksAgain() {
    if (failing) {
      failing = false;
      LOG.info("candles are sent to the topic again");
    }
  }

  private static <T> T await(Future<T> answer)
      throws ExecutionException, InterruptedException, TimeoutException {
    return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
