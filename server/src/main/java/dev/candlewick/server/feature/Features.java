package dev.candlewick.server.feature;

import static java.util.Objects.requireNonNull;

import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.feature.FeatureRepository.Declared;
import dev.candlewick.server.feature.FeatureRepository.Named;
import dev.candlewick.server.feature.FeatureRepository.News;
import dev.candlewick.server.lead.Lead;
import dev.candlewick.server.lead.LeadRepository;
import dev.candlewick.server.web.InOrder;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rows of all plans and feature sets right: checks twice a second which candles changed,
 * updates the rows for those, and fills in a part of the past of new declarations. On one instance
 * at a time; if it stops, killed or not, the next one continues. Everything runs on one context.
 */
public final class Features {
  private static final Logger LOG = LoggerFactory.getLogger(Features.class);
  private static final long EVERY_MILLIS = 500;
  private static final long NOTHING_TO_DO_MILLIS = 1_000;
  private static final long RETRY_MILLIS = 1_000;
  private static final long INSTRUMENTS_MILLIS = 2_000;
  private static final long POSITION_MILLIS = 60_000;

  private final Vertx vertx;
  private final Context context;
  private final LeadRepository<FeatureRepository> lead;
  private final Candles candles;
  private final Clock clock;
  private final FeatureMetrics metrics;
  private final Map<Key, Work> works = new HashMap<>();
  private List<Named> instruments = List.of();
  private long instrumentsRead = Long.MIN_VALUE / 2;
  private @Nullable Lead<FeatureRepository> kept;
  private long positionSaved = Long.MIN_VALUE / 2;
  private boolean failing;
  private volatile boolean stopped;

  private record Key(String of, String name, int version) {}

  /** {@link #start} starts it; candles must come from the primary. */
  public Features(
      Vertx vertx,
      LeadRepository<FeatureRepository> lead,
      Candles candles,
      Clock clock,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.lead = lead;
    this.candles = candles;
    this.clock = clock;
    this.metrics = new FeatureMetrics(registry, clock::millis);
  }

  public void start() {
    context.runOnContext(hop -> look());
  }

  /** Lets another instance take over. */
  public void stop() {
    stopped = true;
    context.runOnContext(
        hop -> {
          if (kept != null) {
            kept.release().run();
            kept = null;
          }
        });
  }

  private void look() {
    if (stopped) {
      return;
    }
    pass()
        .onComplete(
            done -> {
              tell(done.cause());
              vertx.setTimer(done.failed() ? RETRY_MILLIS : done.result(), again -> look());
            });
  }

  /** Logged once, until it works again. */
  private void tell(@Nullable Throwable fault) {
    if (fault != null && !failing && !stopped) {
      LOG.warn("features put off, trying again: {}", fault.toString());
    } else if (fault == null && failing) {
      LOG.info("features are made again");
    }
    failing = fault != null;
  }

  /** When to check again, in milliseconds. */
  private Future<Long> pass() {
    Lead<FeatureRepository> held = kept;
    if (held != null) {
      return pass(held.work());
    }
    return lead.lead(() -> context.runOnContext(hop -> kept = null))
        .compose(
            leads -> {
              kept = leads;
              return leads == null ? nothingToDo() : pass(leads.work());
            });
  }

  private Future<Long> pass(FeatureRepository held) {
    return held.declared()
        .compose(
            declared ->
                declared.isEmpty()
                    ? nothingToDo()
                    : learn(held, declared).compose(done -> work(held)));
  }

  private Future<Long> nothingToDo() {
    metrics.idle();
    return Future.succeededFuture(NOTHING_TO_DO_MILLIS);
  }

  private Future<Void> learn(FeatureRepository held, List<Declared> declared) {
    Map<Key, Work> before = new HashMap<>(works);
    works.clear();
    for (Declared one : declared) {
      Key key = new Key(one.of(), one.name(), one.version());
      Work work = before.get(key);
      works.put(key, work == null ? work(one) : work);
    }
    if (clock.millis() - INSTRUMENTS_MILLIS < instrumentsRead) {
      return Future.succeededFuture();
    }
    return held.instruments()
        .map(
            all -> {
              instruments = all;
              instrumentsRead = clock.millis();
              return null;
            });
  }

  private Work work(Declared declared) {
    JsonObject json = new JsonObject(declared.declaration());
    return declared.of().equals(Job.PLAN)
        ? new PlanWork(Declarations.plan(declared.name(), json), candles)
        : new SetWork(Declarations.set(declared.name(), json), candles, vertx);
  }

  private Future<Long> work(FeatureRepository held) {
    long begun = clock.millis();
    return held.position().compose(held::since).compose(news -> work(held, news, begun));
  }

  private Future<Long> work(FeatureRepository held, News news, long begun) {
    return held.jobs()
        .compose(jobs -> current(held, jobs))
        .compose(jobs -> correct(held, jobs, news.changed()))
        .compose(jobs -> save(held, news).map(jobs))
        .onSuccess(
            jobs -> {
              if (!news.more()) {
                metrics.corrected(jobs, begun);
              }
            })
        .compose(jobs -> fill(held, jobs))
        .map(millis -> news.more() ? Long.valueOf(1) : millis);
  }

  /** If nothing changed, the position is only kept from becoming too old. */
  private Future<Void> save(FeatureRepository held, News news) {
    if (news.changed().isEmpty()
        && news.parts() == 1
        && clock.millis() < positionSaved + POSITION_MILLIS) {
      return Future.succeededFuture();
    }
    return held.savePosition(news).onSuccess(saved -> positionSaved = clock.millis());
  }

  /** A job for each instrument of each plan and set, in its current version. */
  private Future<List<Job>> current(FeatureRepository held, List<Job> jobs) {
    Map<String, Job> known = new HashMap<>();
    jobs.forEach(job -> known.put(job.of() + " " + job.name() + " " + job.instrument(), job));
    List<Job> current = new ArrayList<>();
    List<Job> begun = new ArrayList<>();
    works.forEach(
        (key, work) -> {
          for (Named one : instruments) {
            if (work.matches(one.venue(), one.symbol())) {
              Job job = known.get(key.of() + " " + key.name() + " " + one.id());
              if (job == null || job.version() != key.version()) {
                job = new Job(key.of(), key.name(), one.id(), key.version(), null, null, false);
                begun.add(job);
              }
              current.add(job);
            }
          }
        });
    // Saved at once, as progress is told over those that are saved.
    return held.save(begun).map(current);
  }

  private Work of(Job job) {
    return requireNonNull(works.get(new Key(job.of(), job.name(), job.version())));
  }

  private Future<List<Job>> correct(
      FeatureRepository held, List<Job> jobs, Map<Integer, TreeSet<Long>> changes) {
    long now = clock.instant().getEpochSecond();
    List<Job> after = new ArrayList<>();
    Map<Work, List<Work.Changed>> changed = new LinkedHashMap<>();
    for (Job job : jobs) {
      SortedSet<Long> times =
          times(job, changes.getOrDefault(job.instrument(), new TreeSet<>()), now);
      if (times.isEmpty()) {
        after.add(job);
      } else {
        changed
            .computeIfAbsent(of(job), work -> new ArrayList<>())
            .add(new Work.Changed(job, times));
      }
    }
    return InOrder.each(
            changed.entrySet(),
            one -> one.getKey().correct(held, one.getValue(), now).map(after::addAll))
        .map(after);
  }

  private SortedSet<Long> times(Job job, SortedSet<Long> changed, long now) {
    TreeSet<Long> times = new TreeSet<>();
    for (Long time : changed) {
      if (job.covers(time)) {
        times.add(time);
      }
    }
    Long open = job.doneTo();
    if (of(job) instanceof SetWork set && open != null && job.hasClosed(set.timeframe(), now)) {
      times.add(open);
    }
    return times;
  }

  /** One part of each past that is not filled in yet; immediately again if more is left. */
  private Future<Long> fill(FeatureRepository held, List<Job> jobs) {
    long now = clock.instant().getEpochSecond();
    List<Job> open = jobs.stream().filter(job -> !job.complete()).limit(8).toList();
    return InOrder.each(open, job -> of(job).fill(held, job, now))
        .map(all -> open.isEmpty() ? EVERY_MILLIS : 1L);
  }
}
