package dev.candlewick.server;

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
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/** The registry, {@code /metrics}, and the meters of the server itself. */
final class ServerMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** Held, because the collector's notifications end when it is closed or collected. */
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
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  void mount(Router router) {
    router.get("/metrics").handler(this::scrape);
  }

  /** Times every request by its route's pattern, never by what a client wrote. */
  void time(RoutingContext ctx) {
    long start = System.nanoTime();
    ctx.addEndHandler(
        ended -> {
          String path = ctx.currentRoute() == null ? null : ctx.currentRoute().getPath();
          int status = ctx.response().getStatusCode();
          Timer.builder("candlewick.http.request.duration")
              .description("Time from a request to the end of its answer, by route")
              .tags(
                  "route",
                  path == null || status == 404 ? "unknown" : path,
                  "status",
                  status / 100 + "xx")
              .register(registry)
              .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        });
    ctx.next();
  }

  void database(String edition, String version) {
    Gauge.builder("candlewick.timescaledb.info", () -> 1)
        .description("Always 1; edition and version are in the labels")
        .tags("edition", edition, "version", version)
        .register(registry);
  }

  private void scrape(RoutingContext ctx) {
    String accept = ctx.request().getHeader(HttpHeaders.ACCEPT);
    boolean openMetrics = accept != null && accept.contains("application/openmetrics-text");
    String type =
        openMetrics
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8";
    ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(registry.scrape(type));
  }
}
