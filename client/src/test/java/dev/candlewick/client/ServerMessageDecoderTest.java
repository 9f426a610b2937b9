package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.client.ServerMessage.Ack;
import dev.candlewick.client.ServerMessage.Busy;
import dev.candlewick.client.ServerMessage.Drain;
import dev.candlewick.client.ServerMessage.Failure;
import dev.candlewick.client.ServerMessage.Limits;
import dev.candlewick.client.ServerMessage.Unknown;
import dev.candlewick.client.ServerMessage.Welcome;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerMessageDecoderTest {
  static Stream<Arguments> messages() {
    return Stream.of(
        Arguments.of(
            """
            {"t":"welcome","v":1,"stream":"feed-7","epoch":12,"next_seq":4711,"durability":"full",
             "limits":{"message_bytes":262144,"rows":5000,"inflight_messages":64,
                       "inflight_bytes":4194304,"later":[{}]}}
            """,
            new Welcome(4711, new Limits(262144, 5000, 64, 4194304))),
        Arguments.of(
            """
            {"committed":4750,"rejected":[
              {"seq":4733,"index":17,"field":"price","code":"not_finite"},
              {"index":1,"code":"bad_symbol","seq":4734,"field":null,"later":{"a":1}}],
             "rejected_more":9,"duplicates":3,"spooled":4790,"t":"ack"}
            """,
            new Ack(
                4750,
                List.of(
                    new Rejection(4733, 17, "price", "not_finite"),
                    new Rejection(4734, 1, "", "bad_symbol")),
                9,
                3)),
        Arguments.of("{\"t\":\"ack\",\"committed\":0}", new Ack(0, List.of(), 0, 0)),
        Arguments.of("{\"t\":\"busy\",\"retry_ms\":500}", new Busy(500)),
        Arguments.of("{\"t\":\"drain\"}", new Drain()),
        Arguments.of(
            "{\"t\":\"error\",\"code\":\"seq_gap\",\"expected\":4711}",
            new Failure("seq_gap", "", 4711)),
        Arguments.of("{\"t\":\"later\",\"code\":{}}", new Unknown()));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void readsWhatTheServerSays(String text, ServerMessage message) throws IOException {
    assertThat(ServerMessageDecoder.decode(text)).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "nonsense",
        "{\"t\":\"ack\"",
        "{\"t\":\"ack\"}",
        "{\"t\":\"ack\",\"committed\":\"many\"}",
        "{\"t\":\"welcome\",\"next_seq\":1}",
        "{\"t\":\"welcome\",\"next_seq\":0,\"limits\":{\"rows\":1}}"
      })
  void refusesWhatIsNoMessage(String text) {
    assertThatThrownBy(() -> ServerMessageDecoder.decode(text)).isInstanceOf(IOException.class);
  }
}
