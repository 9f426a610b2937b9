package dev.candlewick.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.Trade;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VenueMetricsTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long MINUTE = 60_000;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final VenueMetrics venues = new VenueMetrics(registry);

  private void trade(String venue, long millis) {
    InstrumentKey instrument = new InstrumentKey(venue, "A");
    Trade trade =
        new Trade(
            instrument, 0, millis * 1_000, 1, 1, (short) 0, (short) 0, 0, null, Trade.Action.NONE);
    venues.committed(List.of(trade), NOW);
  }

  private double missing(String venue) {
    return registry.get("candlewick.ingest.missing.candles").tag("venue", venue).counter().count();
  }

  private double lastRows(String venue) {
    return registry
        .get("candlewick.ingest.last.rows.timestamp")
        .tag("venue", venue)
        .gauge()
        .value();
  }

  @Test
  void givesTheFirstFiftyVenuesALabelAndTheRestOneTogether() {
    for (int i = 0; i < 1_000; i++) {
      trade("venue" + i, NOW);
    }
    assertThat(registry.find("candlewick.ingest.last.rows.timestamp").gauges())
        .hasSize(VenueMetrics.MOST + 1);
    assertThat(lastRows("venue49")).isEqualTo(NOW / 1e3);
    assertThat(lastRows(VenueMetrics.OTHER)).isEqualTo(NOW / 1e3);
  }

  @ParameterizedTest
  @CsvSource({
    "the next minute, 1, 0, 0",
    "three minutes jumped over, 4, 0, 3",
    "an older trade, -5, 0, 0",
    "history being loaded, 30, 120, 0",
    "a feed that begins again after a day, 2000, 0, 0"
  })
  void countsMinutesThatLiveTradesJumpedOver(
      String what, long minutesLater, long minutesAgo, double missing) {
    long first = NOW - minutesAgo * MINUTE - Math.max(minutesLater, 0) * MINUTE;
    trade("binance", first);
    trade("binance", first + minutesLater * MINUTE);
    assertThat(missing("binance")).as(what).isEqualTo(missing);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "30000, 0", "130000, 1", "86400000, 1"})
  void countsTradesThatComeAfterTheirMinute(long millisAgo, double late) {
    trade("binance", NOW - millisAgo);
    assertThat(registry.get("candlewick.ingest.late.trades").counter().count()).isEqualTo(late);
  }
}
