package dev.candlewick.server.binance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candle.Origin;
import dev.candlewick.server.web.Json;
import io.vertx.core.json.JsonObject;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class KlineQueueTest {
  private static final long NOON = 1_709_294_400L;

  private final KlineQueue queue = new KlineQueue("BTCUSDT", Interval.of("1m", ZoneOffset.UTC), 1);

  private static Candle candle(long minute, double close, boolean closed, Origin origin) {
    return new Candle(NOON + minute * 60, 1, 9, 0.5, close, 2, 20, 3, 1.5, closed, origin, false);
  }

  private static Candle forming(long minute, double close) {
    return candle(minute, close, false, Origin.BUILT);
  }

  private static Candle closed(long minute, double close) {
    return candle(minute, close, true, Origin.BUILT);
  }

  private JsonObject next() {
    return Json.buffer(json -> queue.writeNext(json, 42)).toJsonObject();
  }

  @Test
  void writesAKline() {
    queue.add(List.of(forming(0, 5)));
    assertThat(next().encode())
        .isEqualTo(
            """
            {"e":"kline","E":42,"s":"BTCUSDT","k":{"t":1709294400000,"T":1709294459999,\
            "s":"BTCUSDT","i":"1m","f":-1,"L":-1,"o":"1.00000000","c":"5.00000000",\
            "h":"9.00000000","l":"0.50000000","v":"2.00000000","n":3,"x":false,\
            "q":"20.00000000","V":"1.50000000","Q":"0","B":"0"}}\
            """);
    assertThat(queue.due()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void keepsTheLastOfTheStatesThatWait() {
    queue.add(List.of(forming(0, 5)));
    queue.add(List.of(forming(0, 6), forming(1, 7)));
    assertThat(queue.waiting()).isEqualTo(2);
    assertThat(next().getJsonObject("k").getString("c")).isEqualTo("6.00000000");
  }

  @Test
  void holdsBackWhatClosedByTheClock() {
    queue.add(List.of(closed(0, 5)));
    assertThat(queue.due()).isEqualTo((NOON + 60) * 1_000 + KlineQueue.GRACE_MILLIS);
    queue.add(List.of(forming(1, 7), closed(0, 6)));
    assertThat(next().getJsonObject("k").getString("c")).isEqualTo("6.00000000");
  }

  @Test
  void sendsAtOnceWhatTheVenueClosed() {
    queue.add(List.of(candle(0, 5, true, Origin.NATIVE)));
    assertThat(queue.due()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void tellsOnceThatAKlineClosed() {
    queue.add(List.of(closed(0, 5)));
    assertThat(next().getJsonObject("k").getBoolean("x")).isTrue();
    queue.add(List.of(closed(0, 6)));
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void tellsNothingOfAKlineThatClosedBefore() {
    queue.begin(List.of(closed(0, 5)));
    assertThat(queue.waiting()).isZero();
    queue.begin(List.of(forming(1, 5)));
    assertThat(queue.waiting()).isEqualTo(1);
  }
}
