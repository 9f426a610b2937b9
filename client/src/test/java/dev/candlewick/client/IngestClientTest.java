package dev.candlewick.client;

import static dev.candlewick.client.FakeIngestServer.pause;
import static dev.candlewick.client.FakeIngestServer.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IngestClientTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT");

  private final FakeIngestServer server = new FakeIngestServer();
  private final List<Rejection> rejections = new CopyOnWriteArrayList<>();
  private final List<IngestClient> clients = new ArrayList<>();

  @AfterEach
  void closeAll() {
    clients.forEach(IngestClient::close);
    server.close();
    assertThat(server.violations).as("over the limits of welcome").isEmpty();
  }

  @Test
  void greetsWithItsStreamAndKey() throws Exception {
    connect("secret");

    assertThat(server.hellos).containsExactly("{\"t\":\"hello\",\"v\":1,\"stream\":\"feed-7\"}");
    assertThat(server.authorizations).containsExactly("Bearer secret");
  }

  @Test
  void sendsNoAuthorizationWithoutAKey() throws Exception {
    connect(null);

    assertThat(server.authorizations).hasSize(1).containsOnlyNulls();
  }

  @Test
  void goesOnFromTheNextSeqOfTheWelcome() throws Exception {
    server.firstSeq = 4711;
    IngestClient client = connect(null);

    assertThat(client.nextSeq()).isEqualTo(4711);
    assertThat(client.committed()).isEqualTo(4710);
    assertThat(client.send(message(1))).isEqualTo(4711);
    assertThat(client.flush(LONG)).isTrue();
    assertThat(client.committed()).isEqualTo(4711);
    assertThat(server.committed).containsExactly(message(1).frame(4711));
  }

  @Test
  void countsWhatAcksTell() throws Exception {
    IngestClient client = connect(null);
    server.nextAck =
        new JsonObject(
            """
            {"rejected":[{"seq":1,"index":2,"field":"price","code":"not_finite","detail":"x"}],
             "rejected_more":4,"duplicates":3,"durability":"full","later":{"field":[1]}}
            """);
    client.send(message(10));
    client.flush(LONG);

    assertThat(rejections).containsExactly(new Rejection(1, 2, "price", "not_finite"));
    assertThat(client.rejected()).isEqualTo(5);
    assertThat(client.duplicates()).isEqualTo(3);
    assertThat(client.committedRows()).isEqualTo(10);
  }

  @Test
  void waitsWhileAsManyMessagesAreOnTheirWayAsTheServerAllows() throws Exception {
    server.inflightMessages = 3;
    server.commitsAtOnce = false;
    IngestClient client = connect(null);
    AtomicInteger sent = sendInBackground(client, 5, 1);

    until(() -> server.inFlight() == 3);
    pause(200);
    assertThat(sent).hasValue(3);
    server.commit(1);
    until(() -> sent.get() == 4);
    until(() -> server.inFlight() == 3);
    server.commit(3);
    until(() -> server.inFlight() == 1);
    server.commit(1);
    assertThat(client.flush(LONG)).isTrue();
  }

  @Test
  void waitsWhileAsManyBytesAreOnTheirWayAsTheServerAllows() throws Exception {
    server.inflightBytes = message(10).bytes(1) * 2L + 10;
    server.commitsAtOnce = false;
    IngestClient client = connect(null);
    AtomicInteger sent = sendInBackground(client, 4, 10);

    until(() -> server.inFlight() == 2);
    pause(200);
    assertThat(sent).hasValue(2);
    server.commit(2);
    until(() -> server.inFlight() == 2);
    server.commit(2);
    assertThat(client.flush(LONG)).isTrue();
  }

  @Test
  void refusesAMessageOfTooManyRows() throws Exception {
    server.rows = 10;
    IngestClient client = connect(null);

    assertThatThrownBy(() -> client.send(message(11)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the message has rows 11, the server takes at most 10");
    client.send(message(10));
    assertThat(client.flush(LONG)).isTrue();
    assertThat(server.committed).containsExactly(message(10).frame(1));
  }

  @Test
  void refusesAMessageOfTooManyBytes() throws Exception {
    server.messageBytes = message(10).bytes(1);
    IngestClient client = connect(null);

    assertThatThrownBy(() -> client.send(message(11)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("message_bytes " + message(11).bytes(1));
    client.send(message(10));
    assertThat(client.flush(LONG)).isTrue();
  }

  @Test
  void losesNothingAndRepeatsNothingOverCutConnections() throws Exception {
    server.cutsAfter = 23;
    IngestClient client = connect(null);
    for (int i = 1; i <= 200; i++) {
      client.send(message(i % 7 + 1));
    }

    assertThat(client.flush(LONG)).isTrue();
    assertThat(server.hellos).hasSizeGreaterThan(8);
    assertThat(server.committed)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 200).mapToObj(i -> message(i % 7 + 1).frame(i)).toList());
  }

  @Test
  void sendsAgainWhatWasOnItsWayWhenTheConnectionWasCut() throws Exception {
    server.commitsAtOnce = false;
    IngestClient client = connect(null);
    for (int i = 1; i <= 6; i++) {
      client.send(message(i));
    }
    until(() -> server.inFlight() == 6);
    server.commit(2);
    server.cut();

    until(() -> server.inFlight() == 4);
    server.commit(4);
    assertThat(client.flush(LONG)).isTrue();
    assertThat(server.committed)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 6).mapToObj(i -> message(i).frame(i)).toList());
  }

  @Test
  void takesTheWelcomeForAnAckThatWasLost() throws Exception {
    server.swallowsAcks = true;
    IngestClient client = connect(null);
    client.send(message(1));
    client.send(message(2));
    until(() -> server.committed.size() == 2);
    assertThat(client.flush(Duration.ofMillis(100))).isFalse();
    server.cut();

    assertThat(client.flush(LONG)).isTrue();
    assertThat(client.committed()).isEqualTo(2);
    assertThat(client.committedRows()).isEqualTo(3);
    assertThat(server.inFlight()).isZero();
  }

  @Test
  void keepsTryingWhileTheServerIsOverloaded() throws Exception {
    IngestClient client = connect(null);
    server.refusal = 503;
    server.cut();
    client.send(message(1));
    until(() -> server.authorizations.size() >= 4);
    server.refusal = 0;

    assertThat(client.flush(LONG)).isTrue();
    assertThat(server.committed).hasSize(1);
  }

  @Test
  void goesBackToTheSeqThatTheServerMisses() throws Exception {
    server.loses = 3;
    IngestClient client = connect(null);
    for (int i = 1; i <= 40; i++) {
      client.send(message(1));
    }

    assertThat(client.flush(LONG)).isTrue();
    assertThat(server.hellos).hasSize(1);
    assertThat(server.committed).hasSize(40);
    assertThat(server.committed.get(2)).isEqualTo(message(1).frame(3));
  }

  @Test
  void stopsWhenAnotherClientTakesTheStreamOver() throws Exception {
    IngestClient client = connect(null);
    server.closeWith(4409, "fenced");

    assertThatThrownBy(untilItThrows(client))
        .isInstanceOfSatisfying(
            IngestException.class, e -> assertThat(e.code()).isEqualTo("fenced"));
    pause(500);
    assertThat(server.hellos).hasSize(1);
  }

  @Test
  void stopsWhenAFrameWasRefused() throws Exception {
    IngestClient client = connect(null);
    server.say(new JsonObject().put("t", "error").put("code", "malformed").put("detail", "no"));
    server.closeWith(1007, "");

    assertThatThrownBy(untilItThrows(client))
        .isInstanceOfSatisfying(
            IngestException.class, e -> assertThat(e.code()).isEqualTo("protocol"))
        .hasMessageContaining("malformed no");
  }

  @Test
  void stopsWhenTheServerHasLostWhatItAcked() throws Exception {
    IngestClient client = connect(null);
    client.send(message(1));
    client.send(message(1));
    assertThat(client.flush(LONG)).isTrue();
    server.committed.remove(1);
    server.cut();

    assertThatThrownBy(untilItThrows(client))
        .isInstanceOfSatisfying(
            IngestException.class, e -> assertThat(e.code()).isEqualTo("out_of_step"));
  }

  @Test
  void sendsNothingWhileTheServerIsBusy() throws Exception {
    IngestClient client = connect(null);
    server.say(new JsonObject().put("t", "busy").put("retry_ms", 700));
    pause(200);
    client.send(message(1));

    pause(300);
    assertThat(server.committed).isEmpty();
    assertThat(client.flush(LONG)).isTrue();
  }

  @Test
  void sendsNothingToAServerThatShutsDownButToTheNext() throws Exception {
    server.commitsAtOnce = false;
    IngestClient client = connect(null);
    client.send(message(1));
    until(() -> server.inFlight() == 1);
    server.say(new JsonObject().put("t", "drain"));
    pause(200);
    client.send(message(2));
    pause(200);
    assertThat(server.inFlight()).isEqualTo(1);
    server.commit(1);
    server.commitsAtOnce = true;
    server.closeWith(1001, "");

    assertThat(client.flush(LONG)).isTrue();
    assertThat(server.committed).containsExactly(message(1).frame(1), message(2).frame(2));
  }

  @Test
  void failsAtOnceWithAWrongKey() {
    server.refusal = 401;

    assertThatThrownBy(() -> connect("wrong"))
        .isInstanceOfSatisfying(
            IngestException.class, e -> assertThat(e.code()).isEqualTo("refused"))
        .hasMessageContaining("401");
    assertThat(server.authorizations).hasSize(1);
  }

  @Test
  void failsAtOnceWhereNoServerIs() {
    URI nowhere = URI.create("ws://127.0.0.1:1/v1/ingest");

    assertThatThrownBy(() -> IngestClient.connect(nowhere, "feed-7", null, rejections::add))
        .isInstanceOfSatisfying(
            IngestException.class, e -> assertThat(e.code()).isEqualTo("unreachable"))
        .hasMessage("cannot connect to ws://127.0.0.1:1/v1/ingest");
  }

  @Test
  void refusesAStreamNameThatTheServerWouldRefuse() {
    assertThatThrownBy(() -> IngestClient.connect(server.uri(), "a b", null, rejections::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a b");
  }

  @Test
  void closingEndsASenderThatWaits() throws Exception {
    server.inflightMessages = 1;
    server.commitsAtOnce = false;
    IngestClient client = connect(null);
    client.send(message(1));
    CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> sendOrFail(client));
    pause(100);
    assertThat(waiting).isNotDone();
    client.close();

    assertThatThrownBy(waiting::join).hasRootCauseMessage("the client was closed");
  }

  private IngestClient connect(@Nullable String apiKey) throws Exception {
    IngestClient client = IngestClient.connect(server.uri(), "feed-7", apiKey, rejections::add);
    clients.add(client);
    return client;
  }

  private AtomicInteger sendInBackground(IngestClient client, int messages, int rows) {
    AtomicInteger sent = new AtomicInteger();
    Thread thread =
        new Thread(
            () -> {
              for (int i = 0; i < messages; i++) {
                sendOrFail(client, message(rows));
                sent.incrementAndGet();
              }
            });
    thread.setDaemon(true);
    thread.start();
    return sent;
  }

  private static void sendOrFail(IngestClient client) {
    sendOrFail(client, message(1));
  }

  private static void sendOrFail(IngestClient client, TickMessage message) {
    try {
      client.send(message);
    } catch (IngestException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends until the client knows that it has stopped. */
  private static ThrowingCallable untilItThrows(IngestClient client) {
    return () -> {
      while (true) {
        client.send(message(1));
        pause(20);
      }
    };
  }

  private static TickMessage message(int rows) {
    List<Trade> trades = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      trades.add(new Trade(1_723_161_255_342_000_000L, "61837.63", "0.02", null, "" + i));
    }
    return TickMessage.trades(BTCUSDT, trades);
  }
}
