package dev.candlewick.server.live;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.net.JsonFault;
import dev.candlewick.net.Problem;
import dev.candlewick.net.TextSocket;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.indicator.IndicatorRow;
import dev.candlewick.server.live.LiveMetrics.Closed;
import dev.candlewick.server.record.Choice;
import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Problems;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of {@code /v1/subscribe}. Everything here runs on the socket's context. One subscribe
 * is handled at a time, and its snapshot is sent before the next message is read; so no client
 * makes the server hold more than one snapshot.
 */
final class LiveSession implements TextSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSession.class);
  private static final int SLOW_CONSUMER = 4408;
  private static final int GOING_AWAY = 1001;
  private static final int TRY_AGAIN_LATER = 1013;
  private static final int MALFORMED = 1007;

  private final Live live;
  private final TextSocket socket;
  private final Caller caller;
  private final Context context;

  /** By id; the one served last is last. */
  private final Map<Long, Entry<?>> subscriptions = new LinkedHashMap<>();

  private boolean closed;
  private long heartbeat;

  LiveSession(Live live, TextSocket socket, Caller caller) {
    this.live = live;
    this.caller = caller;
    this.socket = socket;
    this.context = socket.context();
  }

  /** One subscription as the groups see it: switches to this socket's context. */
  private final class Entry<T> implements Subscriber<T> {
    final Channel channel;
    final Subscription<T> subscription;
    Groups.@Nullable Place<?> place;

    Entry(Channel channel, Subscription<T> subscription) {
      this.channel = channel;
      this.subscription = subscription;
    }

    boolean isHeld() {
      return subscriptions.get(subscription.id()) == this;
    }

    @Override
    public void snapshot(List<T> rows) {
      hop(
          () -> {
            subscription.snapshot(rows);
            pump();
          });
    }

    @Override
    public void update(List<T> rows) {
      hop(
          () -> {
            live.metrics().folded(subscription.update(rows));
            pump();
          });
    }

    @Override
    public void refused(Throwable why) {
      hop(
          () -> {
            remove(this);
            refuse(subscription.id(), why);
            socket.resume();
          });
    }

    @Override
    public void lost() {
      hop(() -> close(TRY_AGAIN_LATER, "behind", Closed.BEHIND));
    }

    private void hop(Runnable step) {
      context.runOnContext(
          hop -> {
            if (!closed && isHeld()) {
              step.run();
            }
          });
    }
  }

  void start() {
    heartbeat = context.owner().setPeriodic(live.limits().heartbeat().toMillis(), beat -> beat());
    socket.start(this);
  }

  /** Detects dead connections: a living client answers pings, whatever it has subscribed to. */
  private void beat() {
    if (socket.silence().compareTo(live.limits().heartbeat().multipliedBy(3)) > 0) {
      close(GOING_AWAY, "nothing was heard in three heartbeats", Closed.SILENT);
    } else {
      socket.ping("");
    }
  }

  @Override
  public void drained() {
    pump();
  }

  @Override
  public void ended() {
    context.owner().cancelTimer(heartbeat);
    if (!closed) {
      closed = true;
      live.metrics().closed(Closed.BY_CLIENT);
    }
    List.copyOf(subscriptions.values()).forEach(this::remove);
    live.ended(this);
  }

  @Override
  public void message(byte[] text) {
    try {
      onMessage(Request.parse(text));
    } catch (Problem problem) {
      refused(MALFORMED, problem.code(), problem.detail());
    } catch (JsonProcessingException e) {
      refused(MALFORMED, "malformed", JsonFault.of(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void onMessage(Request request) {
    Long id = request.id();
    try {
      Problem fault = request.fault();
      if (fault != null) {
        throw fault;
      }
      switch (request.type()) {
        case "subscribe" -> subscribe(named(id), request);
        case "unsubscribe" -> unsubscribe(named(id));
        default -> throw Problem.badParameter("t", "must be subscribe or unsubscribe");
      }
    } catch (Problem problem) {
      refuse(id, problem);
    }
  }

  private static long named(@Nullable Long id) {
    if (id == null) {
      throw Problem.badParameter("id", "must be an integer from 0 to 2^53-1");
    }
    return id;
  }

  private void subscribe(long id, Request request) {
    if (subscriptions.containsKey(id)) {
      throw new Problem(409, "id_in_use", "id: unsubscribe first");
    }
    if (subscriptions.size() >= live.limits().subscriptions()) {
      throw new Problem(
          429,
          "too_many_subscriptions",
          "a connection may have " + live.limits().subscriptions() + " subscriptions");
    }
    Channel channel = request.channel();
    Start start = request.start();
    if (channel == Channel.RECORDS) {
      subscribeRecords(id, request, start);
      return;
    }
    Timeframe timeframe = request.timeframe(channel);
    switch (channel) {
      case CANDLES -> subscribe(id, request, Rows.CANDLES, follow(channel, timeframe, start));
      case TRADES -> subscribe(id, request, Rows.TRADES, follow(channel, null, start));
      case QUOTES -> subscribe(id, request, Rows.QUOTES, follow(channel, null, start));
      case INDICATORS -> {
        Indicators indicators = request.indicators();
        subscribe(
            id,
            request,
            Rows.indicators(indicators.columns()),
            follow(indicators, timeframe, start));
      }
      case RECORDS -> throw new IllegalStateException("handled above");
    }
  }

  private void subscribeRecords(long id, Request request, Start start) {
    boolean latest = request.latest();
    Future<Choice> choice =
        live.groups()
            .records()
            .kind(request.kind())
            .map(kind -> Choice.of(kind, request.filters(), latest, caller));
    Start begin = latest ? Start.EVERYTHING : start;
    subscribe(
        id,
        new Subscription<>(id, Rows.RECORDS, request.unit()),
        Channel.RECORDS,
        choice,
        (chosen, subscriber) -> {
          int number = -chosen.declared().number();
          Groups.Key key = new Groups.Key(Channel.RECORDS, number, null);
          return live.groups().join(key, subscriber, begin.of(chosen));
        });
  }

  /** Joins a group of an instrument or a kind. */
  private interface Following<S, T> {
    Groups.Place<?> of(S subject, Subscriber<T> subscriber);
  }

  private <T> Following<Integer, T> follow(
      Channel channel, @Nullable Timeframe timeframe, Start start) {
    return (instrument, subscriber) ->
        live.groups().join(new Groups.Key(channel, instrument, timeframe), subscriber, start);
  }

  /** Computes indicators from what the candles' group sends. */
  private Following<Integer, IndicatorRow> follow(
      Indicators indicators, @Nullable Timeframe timeframe, Start start) {
    return (instrument, subscriber) -> {
      IndicatorFollower follower =
          new IndicatorFollower(indicators, requireNonNull(timeframe), start, subscriber);
      Groups.Key key = new Groups.Key(Channel.CANDLES, instrument, timeframe);
      return live.groups().join(key, follower, follower.start());
    };
  }

  private <T> void subscribe(
      long id, Request request, Rows<T> rows, Following<Integer, T> following) {
    subscribe(
        id,
        new Subscription<>(id, rows, request.unit()),
        request.channel(),
        live.instruments().id(request.venue(), request.symbol()),
        following);
  }

  /** Follows what is found. */
  private <S, T> void subscribe(
      long id,
      Subscription<T> subscription,
      Channel channel,
      Future<S> subject,
      Following<S, T> following) {
    Entry<T> entry = new Entry<>(channel, subscription);
    subscriptions.put(id, entry);
    live.metrics().subscribed(channel);
    socket.pause();
    subject
        .onSuccess(found -> entry.hop(() -> entry.place = following.of(found, entry)))
        .onFailure(entry::refused);
  }

  private void unsubscribe(long id) {
    Entry<?> entry = subscriptions.get(id);
    if (entry == null) {
      throw new Problem(404, "unknown_id", "id: no such subscription");
    }
    remove(entry);
    socket.send(LiveJson.message("unsubscribed", id));
  }

  private void remove(Entry<?> entry) {
    subscriptions.remove(entry.subscription.id());
    live.metrics().unsubscribed(entry.channel);
    Groups.Place<?> place = entry.place;
    if (place != null) {
      live.groups().leave(place);
    }
  }

  /** Sends as much as the client has room for; watches the client if it has none. */
  private void pump() {
    if (closed) {
      return;
    }
    while (!socket.isFull() && sendNext()) {
      // Until the client has no room, or there is nothing more.
    }
    int waiting = 0;
    for (Entry<?> entry : subscriptions.values()) {
      waiting += entry.subscription.waiting();
    }
    if (waiting > live.limits().waitingRows()) {
      close(SLOW_CONSUMER, "slow_consumer", Closed.SLOW_CONSUMER);
    }
  }

  /** One message of the subscription whose turn it is; false if there is none to send. */
  private boolean sendNext() {
    for (Entry<?> entry : subscriptions.values()) {
      Subscription<?> subscription = entry.subscription;
      boolean wasLive = subscription.isLive();
      Buffer message = subscription.next();
      if (message != null) {
        subscriptions.remove(subscription.id());
        subscriptions.put(subscription.id(), entry);
        socket.send(message);
        if (subscription.isLive() && !wasLive) {
          socket.resume();
        }
        return true;
      }
    }
    return false;
  }

  @Override
  public void unread() {
    close(SLOW_CONSUMER, "slow_consumer", Closed.SLOW_CONSUMER);
  }

  private void refuse(@Nullable Long id, Throwable why) {
    Problem problem = Problems.of(why);
    if (problem.status() >= 500) {
      LOG.warn("a subscription failed: {}", why.toString());
    }
    socket.send(LiveJson.error(id, problem.code(), problem.detail()));
  }

  @Override
  public void refused(int closeCode, String code, String detail) {
    socket.send(LiveJson.error(null, code, detail));
    close(closeCode, code, Closed.BAD_MESSAGE);
  }

  /** The server is about to stop. */
  void drain() {
    context.runOnContext(hop -> socket.send(LiveJson.message("drain", null)));
  }

  void goAway() {
    context.runOnContext(hop -> close(GOING_AWAY, "server stops", Closed.SERVER_STOPS));
  }

  private void close(int code, String reason, Closed why) {
    if (!closed) {
      closed = true;
      live.metrics().closed(why);
      socket.close(code, reason);
    }
  }
}
