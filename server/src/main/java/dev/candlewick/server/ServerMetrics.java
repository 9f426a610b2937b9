package dev.candlewick.server;

import dev.candlewick.server.web.Caller;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The registry, {@code /metrics}, and the server's own meters. */
final class ServerMetrics {
  private static final Pattern OF_ALL_ROWS =
      Pattern.compile("(# [A-Z]+ )?candlewick_(archive|audit|bots|chunks|ingest|risk|spool)_");

  private static final long TICK_MILLIS = 100;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final List<LoopClock> loops = new CopyOnWriteArrayList<>();

  /** Each made once: to find a meter by its name takes longer than to record. */
  private final Map<Answered, Timer> answers = new ConcurrentHashMap<>();

  private final AtomicInteger keys = new AtomicInteger();
  private final AtomicInteger keysFileRefused = new AtomicInteger();

  /** Kept, because the collector's notifications end when it is closed or collected. */
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  ServerMetrics() {
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    Gauge.builder("candlewick.build.info", () -> 1)
        .description("Always 1; the version is in the label")
        .tag("version", Main.Version.current())
        .register(registry);
    Gauge.builder("candlewick.api.keys", keys, AtomicInteger::get)
        .description("API keys that are valid")
        .register(registry);
    Gauge.builder("candlewick.api.keys.file.refused", keysFileRefused, AtomicInteger::get)
        .description("1 while the file of API keys cannot be used and older keys hold")
        .register(registry);
    Gauge.builder("candlewick.event.loop.lag", this, ServerMetrics::latestLoop)
        .baseUnit("seconds")
        .description("How late an event loop of the HTTP server comes to its work, the latest")
        .register(registry);
    processorTime();
  }

  /** How many API keys are valid, as the file is now. */
  void keys(int count) {
    keys.set(count);
    keysFileRefused.set(0);
  }

  /** The API key file cannot be used as it is now. */
  void keysFileRefused() {
    keysFileRefused.set(1);
  }

  /** Micrometer's own meter for this counts nanoseconds and is not a counter. */
  private void processorTime() {
    Optional<Duration> readable = ProcessHandle.current().info().totalCpuDuration();
    if (readable.isPresent()) {
      FunctionCounter.builder(
              "process.cpu", ProcessHandle.current(), ServerMetrics::processorSeconds)
          .baseUnit("seconds")
          .description("Processor time that the process has used")
          .register(registry);
    }
  }

  private static double processorSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  void mount(Router router) {
    router.get("/metrics").handler(this::scrape);
  }

  /** Measures how late the calling event loop runs its tasks. */
  void watchEventLoop(Vertx vertx) {
    LoopClock clock = new LoopClock();
    loops.add(clock);
    vertx.setPeriodic(TICK_MILLIS, tick -> clock.tick());
  }

  private double latestLoop() {
    return loops.stream().mapToDouble(LoopClock::late).max().orElse(0);
  }

  /** When one event loop ran its task. */
  private static final class LoopClock {
    private volatile long expected = System.nanoTime() + TICK_MILLIS * 1_000_000;
    private volatile long last;

    void tick() {
      long now = System.nanoTime();
      last = Math.max(0, now - expected);
      expected = now + TICK_MILLIS * 1_000_000;
    }

    /** Seconds. Between two ticks the loop may be stuck: an overdue tick already counts. */
    double late() {
      return Math.max(last, System.nanoTime() - expected) / 1e9;
    }
  }

  /** Times every request by its route's pattern, never by what a client wrote. */
  void time(RoutingContext ctx) {
    long start = System.nanoTime();
    ctx.addEndHandler(ended -> timed(ctx, System.nanoTime() - start));
    ctx.next();
  }

  private void timed(RoutingContext ctx, long nanos) {
    String path = ctx.currentRoute() == null ? null : ctx.currentRoute().getPath();
    int status = ctx.response().getStatusCode();
    if (status == SWITCHING_PROTOCOLS) {
      // A socket's lifetime is not a request's duration.
      return;
    }
    Answered answered =
        new Answered(path == null || status == 404 ? "unknown" : path, status / 100);
    answers.computeIfAbsent(answered, this::timer).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Of which requests a timer is. */
  private record Answered(String route, int hundreds) {}

  private Timer timer(Answered answered) {
    return Timer.builder("candlewick.http.request.duration")
        .description("Time from a request to the end of its answer, by route")
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofSeconds(1),
            Duration.ofMillis(2_500),
            Duration.ofSeconds(10))
        .tags("route", answered.route(), "status", answered.hundreds() + "xx")
        .register(registry);
  }

  private void scrape(RoutingContext ctx) {
    String accept = ctx.request().getHeader(HttpHeaders.ACCEPT);
    boolean openMetrics = accept != null && accept.contains("application/openmetrics-text");
    String type =
        openMetrics
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8";
    // Some milliseconds of work that the loop's other connections should not wait for.
    boolean isConfined = Caller.of(ctx).isConfined();
    ctx.vertx()
        .executeBlocking(
            () -> isConfined ? withoutRows(registry.scrape(type)) : registry.scrape(type), false)
        .onSuccess(text -> ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(text))
        .onFailure(ctx::fail);
  }

  /** Leaves out whatever counts the rows of all bots. */
  private static String withoutRows(String metrics) {
    return metrics
        .lines()
        .filter(line -> !OF_ALL_ROWS.matcher(line).lookingAt())
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
