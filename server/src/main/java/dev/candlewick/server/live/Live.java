package dev.candlewick.server.live;

import dev.candlewick.net.TextSocket;
import dev.candlewick.net.Upgrade;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.web.Caller;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The entry point of live data: WebSocket {@code /v1/subscribe}. */
public final class Live {
  private final Groups groups;
  private final InstrumentRepository instruments;
  private final LiveMetrics metrics;
  private final LiveLimits limits;
  private final Set<LiveSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /**
   * Serves what is committed, whichever server instance accepted it.
   *
   * @param candles from the primary, like all live data
   */
  public Live(
      Vertx vertx,
      LiveRepository repository,
      InstrumentRepository instruments,
      Candles candles,
      Clock clock,
      MeterRegistry registry) {
    this(
        new Groups(vertx, repository, candles, clock, ChangeFeed.UNTOLD),
        instruments,
        new LiveMetrics(registry),
        LiveLimits.DEFAULT);
  }

  Live(Groups groups, InstrumentRepository instruments, LiveMetrics metrics, LiveLimits limits) {
    this.groups = groups;
    this.instruments = instruments;
    this.metrics = metrics;
    this.limits = limits;
  }

  public void mount(Router router) {
    router.get("/v1/subscribe").handler(this::handle);
  }

  private void handle(RoutingContext request) {
    Upgrade.of(request)
        .onSuccess(
            socket -> {
              TextSocket texts =
                  new TextSocket(
                      request.request().connection(),
                      socket,
                      limits.messageBytes(),
                      limits.stall());
              LiveSession session = new LiveSession(this, texts, Caller.of(request));
              sessions.add(session);
              session.start();
              if (draining) {
                session.drain();
              }
            })
        .onFailure(request::fail);
  }

  /** Tells the clients that the server is stopping. */
  public void drain() {
    draining = true;
    sessions.forEach(LiveSession::drain);
  }

  /** Closes every connection with 1001. */
  public void stop() {
    draining = true;
    sessions.forEach(LiveSession::goAway);
  }

  /** The same changes, for other protocols. */
  public LiveFeed feed() {
    return new LiveFeed(groups);
  }

  Groups groups() {
    return groups;
  }

  InstrumentRepository instruments() {
    return instruments;
  }

  LiveMetrics metrics() {
    return metrics;
  }

  LiveLimits limits() {
    return limits;
  }

  void ended(LiveSession session) {
    sessions.remove(session);
  }
}
