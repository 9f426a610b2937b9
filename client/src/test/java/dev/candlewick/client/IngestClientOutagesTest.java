package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.client.FakeIngestServer.Outage;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the client does where the server, or the database behind it, is away. */
@Timeout(60)
class IngestClientOutagesTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private final FakeIngestServer server = new FakeIngestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private IngestClient connect() throws Exception {
    return IngestClient.connect(server.uri(), "feed-7", null, rejection -> {});
  }

  private static TickMessage message() {
    return TickMessage.trades(
        new Instrument("binance", "BTCUSDT"),
        List.of(new Trade(1_723_161_255_342_000_000L, "1", "2", null, "7")));
  }

  @Test
  void waitsForAServerThatCannotServeYet() throws Exception {
    server.outages.add(Outage.refusing(503));
    server.outages.add(Outage.atHello(socket -> socket.close((short) 1013, "unavailable")));
    server.outages.add(Outage.atHello(socket -> socket.close((short) 1001, "server stops")));
    IngestClient client = connect();

    client.send(message());
    assertThat(client.flush(LONG)).isTrue();
  }

  @Test
  void tellsThatTheDatabaseWasSetBack() throws Exception {
    IngestClient client = connect();
    server.say(
        new JsonObject()
            .put("t", "error")
            .put("code", "rewound")
            .put("next_seq", 1)
            .put("detail", "set back"));

    assertThatThrownBy(
            () -> {
              while (true) {
                client.send(message());
              }
            })
        .isInstanceOfSatisfying(
            IngestException.class, e -> assertThat(e.code()).isEqualTo("rewound"));
  }
}
