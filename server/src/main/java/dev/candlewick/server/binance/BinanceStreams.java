package dev.candlewick.server.binance;

import dev.candlewick.net.TextSocket;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.live.LiveFeed;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The door of the streams: WebSocket {@code /ws}, {@code /ws/<stream>}, {@code /ws/<number>} with
 * bare events, {@code /stream?streams=<stream>/<stream>} with events in an envelope, and {@code
 * /stream/ws} for clients that know by this path that they talk of spot.
 */
public final class BinanceStreams {
  private static final String ALIAS = "/stream/ws";

  private final String venue;
  private final InstrumentRepository instruments;
  private final LiveFeed feed;
  private final Clock clock;
  private final Set<BinanceSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /** Streams what is committed of this venue. */
  public BinanceStreams(
      String venue, InstrumentRepository instruments, LiveFeed feed, Clock clock) {
    this.venue = venue;
    this.instruments = instruments;
    this.feed = feed;
    this.clock = clock;
  }

  /** The venue that is served. */
  public String venue() {
    return venue;
  }

  /** Takes its paths of the router. */
  public void mount(Router router) {
    router.get("/ws/*").handler(ctx -> open(ctx, inPath(ctx, "/ws"), false));
    router.get(ALIAS + "/*").handler(ctx -> open(ctx, inPath(ctx, ALIAS), false));
    router.get("/stream").handler(ctx -> open(ctx, inQuery(ctx), true));
  }

  private static List<String> inPath(RoutingContext ctx, String root) {
    return names(ctx.normalizedPath().substring(root.length()));
  }

  private static List<String> inQuery(RoutingContext ctx) {
    try {
      String streams = ctx.queryParams().get("streams");
      return names(streams == null ? "" : streams);
    } catch (HttpException notEncoded) {
      return List.of();
    }
  }

  /** A number is no stream, clients only tell their connections apart by it. */
  private static List<String> names(String path) {
    return Stream.of(path.split("/"))
        .filter(name -> !name.isEmpty() && !name.matches("[0-9]+"))
        .toList();
  }

  private void open(RoutingContext ctx, List<String> names, boolean combined) {
    ctx.request()
        .toWebSocket()
        .onSuccess(
            socket -> {
              TextSocket texts =
                  new TextSocket(
                      ctx.request().connection(),
                      socket,
                      BinanceSession.MESSAGE_BYTES,
                      BinanceSession.PATIENCE);
              BinanceSession session = new BinanceSession(this, texts, combined);
              sessions.add(session);
              session.start(names);
              if (draining) {
                session.drain();
              }
            })
        .onFailure(ctx::fail);
  }

  /** Tells the clients that the server stops: {@code serverShutdown}. */
  public void drain() {
    draining = true;
    sessions.forEach(BinanceSession::drain);
  }

  /** Closes every connection with 1001. */
  public void stop() {
    draining = true;
    sessions.forEach(BinanceSession::goAway);
  }

  void ended(BinanceSession session) {
    sessions.remove(session);
  }

  LiveFeed feed() {
    return feed;
  }

  long now() {
    return clock.millis();
  }

  /** The instrument of a stream, in upper case if there is one, else as it is written. */
  Future<Instrument> find(StreamName name) {
    return instruments
        .find(venue, name.upperSymbol())
        .compose(
            upper ->
                upper.isPresent()
                    ? Future.succeededFuture(upper)
                    : instruments.find(venue, name.symbol()))
        .map(
            found ->
                found.orElseThrow(() -> StreamName.refused("unknown symbol " + name.symbol())));
  }
}
