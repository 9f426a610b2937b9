package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TickMessageTest {
  private static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT");

  @Test
  void writesTradesWithTheVenuesOwnDecimals() {
    TickMessage message =
        TickMessage.trades(
            BTCUSDT,
            List.of(
                new Trade(1_000, "61837.63000000", "0.02000000", Trade.Side.SELL, "3735683259"),
                new Trade(2_000, "-0.5", "1", null, null, Set.of(Trade.Flag.NO_PRICE))));

    assertThat(message.rows()).isEqualTo(2);
    assertThat(message.frame(7))
        .isEqualTo(
            "{\"t\":\"trades\",\"seq\":7,\"venue\":\"binance\",\"symbol\":\"BTCUSDT\","
                + "\"unit\":\"ns\",\"rows\":["
                + "{\"ts\":1000,\"price\":\"61837.63000000\",\"size\":\"0.02000000\","
                + "\"side\":\"sell\",\"id\":3735683259},"
                + "{\"ts\":2000,\"price\":\"-0.5\",\"size\":\"1\",\"flags\":[\"no_price\"]}]}");
  }

  @Test
  void writesQuotesAndLeavesOutAnEmptySide() {
    TickMessage message =
        TickMessage.quotes(
            BTCUSDT,
            List.of(new Quote(1, "1.10", "2", "1.20", "3"), new Quote(2, null, null, "9", null)));

    assertThat(message.frame(1))
        .endsWith(
            "\"rows\":[{\"ts\":1,\"bid\":\"1.10\",\"bid_size\":\"2\",\"ask\":\"1.20\","
                + "\"ask_size\":\"3\"},{\"ts\":2,\"ask\":\"9\"}]}");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-12, -12",
    "999999999999999999, 999999999999999999",
    "007, '\"007\"'",
    "1.5, '\"1.5\"'",
    "99999999999999999999, '\"99999999999999999999\"'",
    "a-1, '\"a-1\"'"
  })
  void writesAnIntegerIdAsNumberAndAnyOtherAsText(String id, String json) {
    String frame = trade(id).frame(1);

    assertThat(frame).endsWith(",\"id\":" + json + "}]}");
  }

  @Test
  void hasAsManyBytesAsItSaysWhateverTheIdIsMadeOf() {
    TickMessage message = trade("Zürich \"€\" \u0001");

    assertThat(message.bytes(123))
        .isEqualTo(message.frame(123).getBytes(StandardCharsets.UTF_8).length);
    assertThat(new JsonObject(message.frame(123)).getJsonArray("rows").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("ts", 1)
                .put("price", "1")
                .put("size", "1")
                .put("id", "Zürich \"€\" \u0001"));
  }

  @Test
  void refusesAQuoteOfNeitherSide() {
    assertThatThrownBy(() -> new Quote(1, null, "1", null, "1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " A", "-A", "A\n", "\uff21", "A,B", "A..B"})
  void refusesASymbolThatTheServerWouldRefuse(String symbol) {
    assertThatThrownBy(() -> new Instrument("demo", symbol))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("symbol");
  }

  @Test
  void refusesAVenueThatTheServerWouldRefuse() {
    assertThatThrownBy(() -> new Instrument("a/b", "A")).hasMessageStartingWith("venue \"a/b\"");
  }

  private static TickMessage trade(@Nullable String id) {
    return TickMessage.trades(BTCUSDT, List.of(new Trade(1, "1", "1", null, id)));
  }
}
