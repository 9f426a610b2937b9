package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.net.TextSocket;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.live.LiveFeed;
import dev.candlewick.server.live.Subscriber;
import dev.candlewick.server.web.Json;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the streams. Everything here runs on the socket's context. A message is worked off
 * before the next one is read.
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
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final BinanceStreams streams;
  private final TextSocket socket;
  private final Context context;
  private final Vertx vertx;
  private final Map<String, Outlet<?>> outlets = new LinkedHashMap<>();
  private final long perMilli;
  private boolean combined;
  private long pings;
  private long dueTimer = -1;

  /**
   * A client of this socket.
   *
   * @param perMilli what the times of events count
   * @param combined whether events come in an envelope
   */
  BinanceSession(BinanceStreams streams, TextSocket socket, long perMilli, boolean combined) {
    this.streams = streams;
    this.socket = socket;
    this.perMilli = perMilli;
    this.combined = combined;
    this.context = socket.context();
    this.vertx = context.owner();
  }

  /** One stream as the live feed sees it: hops to this socket's context. */
  private final class Outlet<T> implements Subscriber<T> {
    final String name;
    final EventQueue<T> queue;
    LiveFeed.@Nullable Ending ending;

    Outlet(String name, EventQueue<T> queue) {
      this.name = name;
      this.queue = queue;
    }

    @Override
    public void snapshot(List<T> rows) {
      hop(() -> queue.begin(rows));
    }

    @Override
    public void update(List<T> rows) {
      hop(() -> queue.add(rows));
    }

    @Override
    public void refused(Throwable why) {
      LOG.warn("stream {} not begun: {}", name, why.toString());
      hop(() -> socket.close(TRY_AGAIN_LATER, "unavailable"));
    }

    @Override
    public void lost() {
      hop(() -> socket.close(TRY_AGAIN_LATER, "behind"));
    }

    private void hop(Runnable step) {
      context.runOnContext(
          hop -> {
            if (socket.isOpen() && outlets.get(name) == this) {
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

  void start(List<String> names) {
    socket.start(this);
    pings = vertx.setPeriodic(TICK_MILLIS, tick -> ping());
    if (!names.isEmpty()) {
      socket.pause();
      begin(names)
          .onFailure(
              why -> {
                refuse(why, null);
                socket.close(POLICY, "no such stream");
              })
          .onComplete(done -> socket.resume());
    }
  }

  private void ping() {
    if (socket.silence().compareTo(LONGEST_SILENCE) > 0) {
      socket.close(POLICY, "no pong");
    } else {
      socket.ping(Long.toString(streams.now()));
    }
  }

  @Override
  public void drained() {
    pump();
  }

  @Override
  public void refused(int closeCode, String code, String detail) {
    socket.close(closeCode, code);
  }

  @Override
  public void unread() {
    socket.close(POLICY, "too slow");
  }

  @Override
  public void ended() {
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
    socket.pause();
    begin(names)
        .onSuccess(begun -> result(id, JsonGenerator::writeNull))
        .onFailure(why -> refuse(why, id))
        .onComplete(done -> socket.resume());
  }

  /** Begins all of these streams that are not there yet, or none. */
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
          .map(
              all -> {
                for (int i = 0; i < wanted.size() && socket.isOpen(); i++) {
                  begin(wanted.get(i), found.get(i).result());
                }
                return null;
              });
    } catch (BinanceException refused) {
      return Future.failedFuture(refused);
    }
  }

  private void begin(StreamName name, Instrument instrument) {
    Interval interval = name.interval();
    if (interval != null) {
      var outlet =
          new Outlet<>(name.text(), new KlineQueue(instrument.symbol(), interval, perMilli));
      outlets.put(name.text(), outlet);
      outlet.ending = streams.feed().candles(instrument.id(), interval.timeframe(), outlet);
    } else if (name.levels() > 0) {
      var outlet = new Outlet<>(name.text(), new BookQueue(name.levels(), name.millis()));
      outlets.put(name.text(), outlet);
      outlet.ending = streams.books(instrument, outlet);
    } else {
      boolean aggregate = name.event().equals(StreamName.AGGREGATE);
      var outlet =
          new Outlet<>(
              name.text(), new TradeQueue(instrument.symbol(), aggregate, 1_000 / perMilli));
      outlets.put(name.text(), outlet);
      outlet.ending = streams.feed().trades(instrument.id(), outlet);
    }
  }

  private void unsubscribe(String name) {
    Outlet<?> outlet = outlets.remove(name);
    if (outlet != null) {
      outlet.end();
    }
  }

  /** Sends what is due and the client has room for. */
  private void pump() {
    if (!socket.isOpen()) {
      return;
    }
    long now = streams.now();
    long due = Long.MAX_VALUE;
    int waiting = 0;
    for (Outlet<?> outlet : outlets.values()) {
      while (!socket.isFull() && outlet.queue.due() <= now) {
        socket.send(event(outlet, now));
      }
      waiting += outlet.queue.waiting();
      due = Math.min(due, outlet.queue.due());
    }
    if (waiting > MOST_WAITING) {
      socket.close(POLICY, "too slow");
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
    socket.send(
        Json.buffer(
            json -> {
              json.writeStartObject();
              json.writeFieldName("result");
              result.write(json);
              writeId(json, id);
              json.writeEndObject();
            }));
  }

  private void refuse(Throwable why, @Nullable Object id) {
    if (!(why instanceof BinanceException)) {
      LOG.warn("streams not begun: {}", why.toString());
    }
    BinanceException told =
        why instanceof BinanceException refused ? refused : BinanceException.unavailable();
    socket.send(
        Json.buffer(
            json -> {
              json.writeStartObject();
              told.writeFields(json);
              writeId(json, id);
              json.writeEndObject();
            }));
  }

  private static void writeId(JsonGenerator json, @Nullable Object id) throws IOException {
    json.writeFieldName("id");
    if (id instanceof Long number) {
      json.writeNumber(number);
    } else {
      json.writeString((String) id);
    }
  }

  /** The server is about to stop. */
  void drain() {
    context.runOnContext(
        hop ->
            socket.send(
                Json.buffer(
                    json -> {
                      json.writeStartObject();
                      json.writeStringField("e", "serverShutdown");
                      json.writeNumberField("E", streams.now());
                      json.writeEndObject();
                    })));
  }

  void goAway() {
    context.runOnContext(hop -> socket.close(GOING_AWAY, "server stops"));
  }
}
