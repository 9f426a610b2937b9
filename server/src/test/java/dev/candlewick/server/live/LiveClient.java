package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client of {@code /v1/subscribe} that keeps all it is told, and reads only if it is to. */
final class LiveClient implements WebSocket.Listener, AutoCloseable {
  private final List<JsonObject> messages = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;
  private boolean reading = true;

  LiveClient(LiveInstance instance) {
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(instance.webSocket(), this)
            .join();
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onText(
      WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (last) {
      messages.add(new JsonObject(text.toString()));
      assertThat(text.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(65_536);
      text.setLength(0);
      notifyAll();
    }
    if (reading) {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  void send(String json) {
    socket.sendText(json, true).join();
  }

  /** Subscribes and waits until it is live; {@code more} are members of the message. */
  void subscribe(long id, String channel, String symbol, String more) {
    ask(id, channel, symbol, more);
    await(message -> message.getString("t").equals("live") && message.getLong("id") == id);
  }

  void ask(long id, String channel, String symbol, String more) {
    send(
        """
        {"t":"subscribe","id":%d,"channel":"%s","venue":"test","symbol":"%s"%s}
        """
            .formatted(id, channel, symbol, more));
  }

  synchronized void stopReading() {
    reading = false;
  }

  synchronized void readOn() {
    reading = true;
    socket.request(1);
  }

  /** The first such message, waited for if it is not there yet. */
  synchronized JsonObject await(Predicate<JsonObject> which) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      for (JsonObject message : messages) {
        if (which.test(message)) {
          return message;
        }
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      assertThat(left).as("no such message in time, but %s", messages).isPositive();
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  synchronized List<JsonObject> messages() {
    return List.copyOf(messages);
  }

  /** Every row of a subscription, in the order it came. */
  synchronized List<JsonObject> rows(long id) {
    List<JsonObject> rows = new ArrayList<>();
    for (JsonObject message : messages) {
      if (message.getLong("id", -1L) == id && message.containsKey("rows")) {
        message.getJsonArray("rows").forEach(row -> rows.add((JsonObject) row));
      }
    }
    return rows;
  }

  /** Snapshot and updates replayed: the last row per ts. */
  Map<Long, JsonObject> state(long id) {
    Map<Long, JsonObject> state = new TreeMap<>();
    rows(id).forEach(row -> state.put(row.getLong("ts"), row));
    return state;
  }

  /** Waits until what was told equals what the queries answer: until nothing is on its way. */
  static void awaitEqual(Supplier<Map<String, Object>> told, Supplier<Map<String, Object>> asked)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    Map<String, Object> state;
    Map<String, Object> answer;
    do {
      Thread.sleep(100);
      answer = asked.get();
      state = told.get();
    } while (!state.equals(answer) && System.nanoTime() < deadline);
    assertThat(state).isEqualTo(answer);
  }

  /** The same of candles: subscription i is that of the i-th of these timeframes. */
  void awaitCandles(LiveInstance instance, String symbol, List<String> timeframes, long from)
      throws InterruptedException {
    awaitEqual(
        () -> byName(timeframes, i -> state(i)),
        () -> byName(timeframes, i -> instance.candles(symbol, timeframes.get(i), from)));
  }

  private static Map<String, Object> byName(List<String> names, IntFunction<Object> of) {
    Map<String, Object> all = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      all.put(names.get(i), of.apply(i));
    }
    return all;
  }

  /** The last state that was told of one candle. */
  JsonObject candle(long id, long ts) {
    return Objects.requireNonNull(state(id).get(ts));
  }

  /** The code the server closes with. */
  int closeCode() {
    return closed.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    socket.abort();
  }
}
