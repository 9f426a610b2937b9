package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that end the connection: an error that says why, then the close code. */
class RefusedMessagesIT {
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    server = ServerProcess.on(TestDatabase.empty());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void closes(IngestSocket feed, String code, int closeCode) {
    JsonObject error = feed.expect("error");
    assertThat(error.getString("code")).as("%s", error).isEqualTo(code);
    assertThat(error.getString("detail")).isNotEmpty();
    assertThat(feed.closeCode()).isEqualTo(closeCode);
  }

  private static IngestSocket greeted() {
    return server.feed("feed-" + UUID.randomUUID());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":\"trades\",\"seq\":1,\"rows\":[]}",
        "{\"t\":\"ping\"}",
        "{\"t\":\"hello\",\"v\":2,\"stream\":\"a\"}",
        "{\"t\":\"hello\",\"v\":1,\"stream\":\"\"}",
        "{\"t\":\"hello\",\"v\":1,\"stream\":\"with space\"}",
        "{\"t\":\"hello\",\"v\":1,\"stream\":\"feed/7\"}",
        "{\"t\":\"hello\",\"v\":1}",
        "{}",
        "[]",
        "7"
      })
  void refusesAnythingButAHelloFirst(String message) {
    try (IngestSocket feed = server.feed()) {
      feed.say(message);
      closes(feed, "bad_message", 4400);
    }
  }

  @Test
  void refusesAStreamNameOf65Characters() {
    try (IngestSocket feed = server.feed()) {
      feed.say("{\"t\":\"hello\",\"v\":1,\"stream\":\"" + "x".repeat(65) + "\"}");
      closes(feed, "bad_message", 4400);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":\"hello\",\"v\":1,\"stream\":\"again\"}",
        "{\"t\":\"ticks\",\"seq\":1,\"rows\":[]}",
        "{\"t\":\"trades\",\"rows\":[]}",
        "{\"t\":\"trades\",\"seq\":1}",
        "{\"t\":\"trades\",\"seq\":0,\"rows\":[]}",
        "{\"t\":\"trades\",\"seq\":-1,\"rows\":[]}",
        "{\"t\":\"trades\",\"seq\":1.0,\"rows\":[]}",
        "{\"t\":\"trades\",\"seq\":\"1\",\"rows\":[]}",
        "{\"t\":\"trades\",\"seq\":9007199254740992,\"rows\":[]}",
        "{\"t\":\"trades\",\"seq\":1,\"rows\":{}}",
        "{\"t\":\"trades\",\"seq\":1,\"rows\":[],\"unit\":\"m\"}",
        "{\"t\":\"trades\",\"seq\":1,\"rows\":[],\"vanue\":\"binance\"}",
        "{\"t\":\"trades\",\"seq\":1,\"rows\":[],\"venue\":7}"
      })
  void refusesAMessageOfAnotherShape(String message) {
    try (IngestSocket feed = greeted()) {
      feed.say(message);
      closes(feed, "bad_message", 4400);
    }
  }

  @Test
  void aFieldGivenTwiceIsTheFaultOfItsRow() {
    try (IngestSocket feed = greeted()) {
      feed.say("{\"t\":\"trades\",\"seq\":1,\"rows\":[{\"ts\":1,\"ts\":2}]}");
      JsonObject rejected = feed.expect("ack").getJsonArray("rejected").getJsonObject(0);
      assertThat(rejected.getString("field")).isEqualTo("ts");
      assertThat(rejected.getString("code")).isEqualTo("bad_type");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "{\"t\":\"trades\",\"seq\":1,\"rows\":[}",
        "{\"t\":\"trades\",\"seq\":1,\"rows\":[]",
        "{\"t\":\"trades\",\"seq\":1,\"rows\":[]} {}",
        "{\"t\":\"trades\",\"seq\":1,\"seq\":2,\"rows\":[]}",
        "{\"t\":\"trades\",\"seq\":01,\"rows\":[]}"
      })
  void refusesWhatIsNotJson(String message) {
    try (IngestSocket feed = greeted()) {
      feed.say(message);
      closes(feed, "malformed", 1007);
    }
  }

  @Test
  void refusesABinaryFrame() {
    try (IngestSocket feed = greeted()) {
      feed.say(new byte[] {1, 2, 3});
      closes(feed, "unsupported_data", 1003);
    }
  }

  @Test
  void refusesMoreRowsThanTheLimit() {
    try (IngestSocket feed = greeted()) {
      feed.say("{\"t\":\"trades\",\"seq\":1,\"rows\":[" + "{},".repeat(5_000) + "{}]}");
      closes(feed, "too_large", 1009);
    }
  }

  @Test
  void refusesAMessageOverTheLimitAndSaysSo() {
    try (IngestSocket feed = greeted()) {
      String padding = " ".repeat(150_000);
      feed.trySay("{\"t\":\"trades\"," + padding + padding + "\"seq\":1,\"rows\":[]}");
      closes(feed, "too_large", 1009);
    }
  }

  @Test
  void refusesDepthBeforeItCosts() {
    try (IngestSocket feed = greeted()) {
      feed.say("{\"t\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
      closes(feed, "malformed", 1007);
    }
  }

  @Test
  void quotesNothingLongOrControlOfWhatItRefuses() {
    try (IngestSocket feed = greeted()) {
      feed.say("{\"" + "x\\u001b[31m\\r\\n".repeat(20) + "\":1}");
      String detail = feed.expect("error").getString("detail");
      assertThat(detail).hasSizeLessThan(200).doesNotContainPattern("\\p{Cntrl}");
      feed.closeCode();
    }
    assertThat(server.output()).noneMatch(line -> line.contains("\u001b[31m"));
  }
}
