package dev.candlewick.server.binance;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.net.TextSocket;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.live.LiveFeed;
import dev.candlewick.server.live.Subscriber;
import dev.candlewick.server.web.Json;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the streams. Everything here runs on the connection's context. A message is fully
 * handled before the next one is read. Streams named in the URL start before there is a socket, so
 * that nothing committed once the client has it is missed.
 */
final class BinanceSession implements TextSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(BinanceSession.class);
  private static final int GOING_AWAY = 1001;
  private static final int POLICY = 1008;
  private static final int TRY_AGAIN_LATER = 1013;
  static final int MESSAGE_BYTES = 65_536;
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_STREAMS = 1_024;
  private static final int MOST_WAITING = 10_000;
  private static final long TICK_MILLIS = 20_000;
  private static final long LONGEST_BEGINNING = 2_000;
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final BinanceStreams streams;
  private final Context context;
  private final Vertx vertx;
  private final Map<String, Outlet<?>> outlets = new LinkedHashMap<>();
  private final long perMilli;
  private @Nullable TextSocket socket;
  private @Nullable Runnable closing;
  private boolean ended;
  private boolean combined;
  private long pings = -1;
  private long dueTimer = -1;

  /**
   * A client that has no socket yet.
   *
   * @param context of its connection
   * @param perMilli units of event times per millisecond
   * @param combined whether events come in an envelope
   */
  BinanceSession(BinanceStreams streams, Context context, long perMilli, boolean combined) {
    this.streams = streams;
    this.perMilli = perMilli;
    this.combined = combined;
    this.context = context;
    this.vertx = context.owner();
  }

  /** One stream as the live feed sees it: switches to this socket's context. */
  private final class Outlet<T> implements Subscriber<T> {
    final String name;
    final EventQueue<T> queue;
    final Promise<Void> begun = Promise.promise();
    LiveFeed.@Nullable Ending ending;

    Outlet(String name, EventQueue<T> queue) {
      this.name = name;
      this.queue = queue;
    }

    @Override
    public void snapshot(List<T> rows) {
      hop(
          () -> {
            queue.begin(rows);
            begun.tryComplete();
          });
    }

    @Override
    public void update(List<T> rows) {
      hop(() -> queue.add(rows));
    }

    @Override
    public void refused(Throwable why) {
      LOG.warn("stream {} not begun: {}", name, why.toString());
      hop(() -> close(TRY_AGAIN_LATER, "unavailable"));
      begun.tryComplete();
    }

    @Override
    public void lost() {
      hop(() -> close(TRY_AGAIN_LATER, "behind"));
      begun.tryComplete();
    }

    private void hop(Runnable step) {
      context.runOnContext(
          hop -> {
            if (!ended && outlets.get(name) == this) {
              step.run();
              pump();
            }
          });
    }

    void end() {
      if (ending != null) {
        ending.end();
      }
    }
  }

  /** Starts the streams in the URL; the result is reported once there is a socket. */
  Future<Void> prepare(List<String> names) {
    return begin(names)
        .onFailure(
            why ->
                closing =
                    () -> {
                      refuse(why, null);
                      close(POLICY, "no such stream");
                    })
        .otherwiseEmpty();
  }

  void start(TextSocket its) {
    socket = its;
    its.start(this);
    pings = vertx.setPeriodic(TICK_MILLIS, tick -> ping());
    if (closing != null) {
      closing.run();
    }
    pump();
  }

  private void close(int code, String reason) {
    TextSocket open = socket;
    if (open == null) {
      closing = () -> close(code, reason);
    } else {
      open.close(code, reason);
    }
  }

  /** Dead connections are detected: a living one says something. */
  private TextSocket socket() {
    return requireNonNull(socket);
  }

  private void ping() {
    if (socket().silence().compareTo(LONGEST_SILENCE) > 0) {
      close(POLICY, "no pong");
    } else {
      socket().ping(Long.toString(streams.now()));
    }
  }

  @Override
  public void drained() {
    pump();
  }

  @Override
  public void refused(int closeCode, String code, String detail) {
    close(closeCode, code);
  }

  @Override
  public void unread() {
    close(POLICY, "too slow");
  }

  @Override
  public void ended() {
    ended = true;
    vertx.cancelTimer(pings);
    vertx.cancelTimer(dueTimer);
    outlets.values().forEach(Outlet::end);
    outlets.clear();
    streams.ended(this);
  }

  @Override
  public void message(byte[] message) {
    Object id = null;
    try {
      StreamRequest request = StreamRequest.parse(message);
      id = request.id();
      answer(request);
    } catch (BinanceException refused) {
      refuse(refused, id);
    }
  }

  private void answer(StreamRequest request) {
    request.check();
    Object id = request.id();
    switch (request.method()) {
      case "SUBSCRIBE" -> subscribe(request.names(), id);
      case "UNSUBSCRIBE" -> {
        List<String> names = request.names();
        names.forEach(StreamName::parse);
        names.forEach(this::unsubscribe);
        result(id, JsonGenerator::writeNull);
      }
      case "LIST_SUBSCRIPTIONS" -> {
        request.requireNoParams();
        String[] names = outlets.keySet().toArray(new String[0]);
        result(id, json -> json.writeArray(names, 0, names.length));
      }
      case "SET_PROPERTY" -> {
        List<Object> values = request.property(1);
        if (values.isEmpty() || !(values.get(0) instanceof Boolean flag)) {
          throw new BinanceException(1, "Invalid value type: expected Boolean");
        }
        combined = flag;
        result(id, JsonGenerator::writeNull);
      }
      case "GET_PROPERTY" -> {
        request.property(0);
        result(id, json -> json.writeBoolean(combined));
      }
      default ->
          throw StreamName.refused(
              "unknown method, expected one of SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS,"
                  + " SET_PROPERTY, GET_PROPERTY");
    }
  }

  private void subscribe(List<String> names, @Nullable Object id) {
    socket().pause();
    begin(names)
        .onSuccess(begun -> result(id, JsonGenerator::writeNull))
        .onFailure(why -> refuse(why, id))
        .onComplete(done -> socket().resume());
  }

  /**
   * Starts all of these streams that have not been started, or none; completes when everything
   * committed from then on will be sent.
   */
  private Future<Void> begin(List<String> names) {
    try {
      List<StreamName> wanted =
          names.stream()
              .distinct()
              .filter(name -> !outlets.containsKey(name))
              .map(StreamName::parse)
              .toList();
      if (outlets.size() + wanted.size() > MOST_STREAMS) {
        throw StreamName.refused("a connection may have " + MOST_STREAMS + " streams");
      }
      List<Future<Instrument>> found = wanted.stream().map(streams::find).toList();
      return Future.all(found)
          .compose(
              all -> {
                List<Future<Void>> begun = new ArrayList<>();
                for (int i = 0; i < wanted.size() && !ended; i++) {
                  begun.add(begin(wanted.get(i), found.get(i).result()));
                }
                return soon(Future.join(begun));
              });
    } catch (BinanceException refused) {
      return Future.failedFuture(refused);
    }
  }

  /** A client does not wait for a slow database. */
  private Future<Void> soon(Future<?> begun) {
    Promise<Void> done = Promise.promise();
    long timer = vertx.setTimer(LONGEST_BEGINNING, late -> done.tryComplete());
    begun.onComplete(
        all -> {
          vertx.cancelTimer(timer);
          done.tryComplete();
        });
    return done.future();
  }

  private Future<Void> begin(StreamName name, Instrument instrument) {
    Interval interval = name.interval();
    if (interval != null) {
      var outlet =
          new Outlet<>(name.text(), new KlineQueue(instrument.symbol(), interval, perMilli));
      outlets.put(name.text(), outlet);
      outlet.ending = streams.feed().candles(instrument.id(), interval.timeframe(), outlet);
      return outlet.begun.future();
    }
    if (name.levels() > 0) {
      var outlet = new Outlet<>(name.text(), new BookQueue(name.levels(), name.millis()));
      outlets.put(name.text(), outlet);
      outlet.ending = streams.books(instrument, outlet);
      return outlet.begun.future();
    }
    boolean aggregate = name.event().equals(StreamName.AGGREGATE);
    var outlet =
        new Outlet<>(name.text(), new TradeQueue(instrument.symbol(), aggregate, 1_000 / perMilli));
    outlets.put(name.text(), outlet);
    outlet.ending = streams.feed().trades(instrument.id(), outlet);
    return outlet.begun.future();
  }

  private void unsubscribe(String name) {
    Outlet<?> outlet = outlets.remove(name);
    if (outlet != null) {
      outlet.end();
    }
  }

  /** Sends what is due, as long as the client has room. */
  private void pump() {
    TextSocket open = socket;
    if (open == null || !open.isOpen()) {
      return;
    }
    long now = streams.now();
    long due = Long.MAX_VALUE;
    int waiting = 0;
    for (Outlet<?> outlet : outlets.values()) {
      while (!open.isFull() && outlet.queue.due() <= now) {
        open.send(event(outlet, now));
      }
      waiting += outlet.queue.waiting();
      due = Math.min(due, outlet.queue.due());
    }
    if (waiting > MOST_WAITING) {
      close(POLICY, "too slow");
    } else if (due > now && due < Long.MAX_VALUE) {
      vertx.cancelTimer(dueTimer);
      dueTimer = vertx.setTimer(due - now, fired -> pump());
    }
  }

  private Buffer event(Outlet<?> outlet, long now) {
    return Json.buffer(
        json -> {
          if (!combined) {
            outlet.queue.writeNext(json, now);
            return;
          }
          json.writeStartObject();
          json.writeStringField("stream", outlet.name);
          json.writeFieldName("data");
          outlet.queue.writeNext(json, now);
          json.writeEndObject();
        });
  }

  private void result(@Nullable Object id, Json.Content result) {
    socket().send(StreamAnswer.result(id, result));
  }

  private void refuse(Throwable why, @Nullable Object id) {
    if (!(why instanceof BinanceException)) {
      LOG.warn("streams not begun: {}", why.toString());
    }
    socket()
        .send(
            StreamAnswer.refusal(
                id,
                why instanceof BinanceException refused
                    ? refused
                    : BinanceException.unavailable()));
  }

  /** The server is about to stop. */
  void drain() {
    context.runOnContext(
        hop ->
            socket()
                .send(
                    Json.buffer(
                        json -> {
                          json.writeStartObject();
                          json.writeStringField("e", "serverShutdown");
                          json.writeNumberField("E", streams.now());
                          json.writeEndObject();
                        })));
  }

  void goAway() {
    context.runOnContext(hop -> close(GOING_AWAY, "server stops"));
  }
}
