package dev.candlewick.server.binance;

import dev.candlewick.net.Problem;
import dev.candlewick.net.TextSocket;
import dev.candlewick.net.Upgrade;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.live.LiveFeed;
import dev.candlewick.server.live.LiveRecord;
import dev.candlewick.server.live.Subscriber;
import dev.candlewick.server.web.Params;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The entry point of the streams: WebSocket {@code /ws}, {@code /ws/<stream>}, {@code /ws/<number>}
 * with bare events, {@code /stream?streams=<stream>/<stream>} with events in an envelope, and
 * {@code /stream/ws} for clients that recognise spot by this path.
 */
public final class BinanceStreams {
  private static final String ALIAS = "/stream/ws";
  private static final String TIME_UNIT = "timeUnit";

  private final String venue;
  private final BinanceSymbols symbols;
  private final LiveFeed feed;
  private final Clock clock;
  private final Set<BinanceSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /** Streams what is committed for this venue. */
  public BinanceStreams(
      String venue, InstrumentRepository instruments, LiveFeed feed, Clock clock) {
    this.venue = venue;
    this.symbols = new BinanceSymbols(venue, instruments);
    this.feed = feed;
    this.clock = clock;
  }

  /** The venue that is served. */
  public String venue() {
    return venue;
  }

  /** Mounts its paths on the router. */
  public void mount(Router router) {
    route(router, "/ws/*", ctx -> open(ctx, inPath(ctx, "/ws"), false));
    route(router, ALIAS + "/*", ctx -> open(ctx, inPath(ctx, ALIAS), false));
    route(router, "/stream", ctx -> open(ctx, inQuery(ctx), true));
  }

  private static void route(Router router, String path, Handler<RoutingContext> handler) {
    router.get(path).handler(handler).failureHandler(BinanceHandler::refuse);
  }

  /** What follows the root. A number is not a stream: clients number their connections that way. */
  private static List<String> inPath(RoutingContext ctx, String root) {
    requireKnown(ctx, Set.of(TIME_UNIT));
    String path = ctx.normalizedPath().substring(root.length()).replaceFirst("^/", "");
    String names = path.replaceFirst("^[0-9]+(/|$)", "");
    return StreamName.split(decoded(names));
  }

  private static String decoded(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      throw BinanceException.illegalCharacters("stream", "percent-encoded");
    }
  }

  private static List<String> inQuery(RoutingContext ctx) {
    requireKnown(ctx, Set.of(TIME_UNIT, "streams"));
    String streams = ctx.queryParams().get("streams");
    // A plus sign that was not percent-encoded arrived as a space.
    return StreamName.split(streams == null ? "" : streams.replaceAll("@ (?=[0-9])", "@+"));
  }

  private static void requireKnown(RoutingContext ctx, Set<String> names) {
    BinanceParams.of(ctx, names);
  }

  private static long perMilli(RoutingContext ctx) {
    String unit = ctx.queryParams().get(TIME_UNIT);
    return 1_000 / BinanceParams.micros(TIME_UNIT, unit);
  }

  private void open(RoutingContext ctx, List<String> names, boolean combined) {
    BinanceSession session =
        new BinanceSession(this, ctx.vertx().getOrCreateContext(), perMilli(ctx), combined);
    if (names.isEmpty() || !Upgrade.isAsked(ctx.request())) {
      upgrade(ctx, session);
      return;
    }
    ctx.request().pause();
    session
        .prepare(names)
        .onSuccess(
            begun -> {
              ctx.request().resume();
              upgrade(ctx, session);
            });
  }

  private void upgrade(RoutingContext ctx, BinanceSession session) {
    try {
      Upgrade.of(ctx)
          .onSuccess(
              socket -> {
                sessions.add(session);
                session.start(
                    new TextSocket(
                        ctx.request().connection(),
                        socket,
                        BinanceSession.MESSAGE_BYTES,
                        BinanceSession.PATIENCE));
                if (draining) {
                  session.drain();
                }
              })
          .onFailure(
              why -> {
                session.ended();
                ctx.fail(why);
              });
    } catch (Problem refused) {
      session.ended();
      ctx.fail(refused);
    }
  }

  /** Tells the clients that the server is stopping: {@code serverShutdown}. */
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

  /** Follows the book of an instrument. */
  LiveFeed.Ending books(Instrument instrument, Subscriber<LiveRecord> subscriber) {
    Map<String, List<String>> values =
        Map.of("venue", List.of(venue), "symbol", List.of(instrument.symbol()));
    return feed.records("books", values, subscriber);
  }

  long now() {
    return clock.millis();
  }

  /** The instrument of a stream. */
  Future<Instrument> find(StreamName name) {
    return symbols
        .find(name.symbol())
        .recover(
            why ->
                Future.failedFuture(
                    why instanceof BinanceException
                        ? StreamName.refused("unknown symbol " + Params.excerpt(name.symbol()))
                        : why));
  }
}
