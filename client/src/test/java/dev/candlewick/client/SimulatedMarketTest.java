package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedMarketTest {
  private static final long SECOND = 1_000_000;
  private static final long HOUR = 3_600 * SECOND;
  private static final long NOON =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2026-03-02T12:00:00Z"));

  private final SimulatedMarket market = new SimulatedMarket(1, 10);

  @Test
  void isTheSameMarketForTheSameSeed() {
    SimulatedMarket again = new SimulatedMarket(1, 10);
    SimulatedMarket other = new SimulatedMarket(2, 10);
    List<RecordedTick> trades = market.trades(NOON, NOON + HOUR);

    assertThat(trades).isNotEmpty().isEqualTo(again.trades(NOON, NOON + HOUR));
    assertThat(market.quotes(NOON, NOON + HOUR)).isEqualTo(again.quotes(NOON, NOON + HOUR));
    assertThat(Collections.disjoint(Set.copyOf(trades), other.trades(NOON, NOON + HOUR))).isTrue();
  }

  @Test
  void isTheSameHoweverItsTimeIsCut() {
    long from = NOON - 1_234_567;
    List<RecordedTick> pieces = new ArrayList<>();
    for (long t = from; t < from + 2 * HOUR; t += 7_777_777) {
      pieces.addAll(market.trades(t, Math.min(t + 7_777_777, from + 2 * HOUR)));
    }

    assertThat(pieces).isEqualTo(market.trades(from, from + 2 * HOUR));
  }

  @Test
  void numbersTheTradesOfAnInstrumentWithoutGapAndInOrderOfTime() {
    for (List<RecordedTick> ticks : bySymbol(NOON - HOUR / 2, NOON + 2 * HOUR).values()) {
      for (int i = 1; i < ticks.size(); i++) {
        Trade before = (Trade) ticks.get(i - 1).tick();
        Trade trade = (Trade) ticks.get(i).tick();
        assertThat(id(trade)).isEqualTo(id(before) + 1);
        assertThat(trade.ts()).isGreaterThanOrEqualTo(before.ts());
      }
    }
  }

  @Test
  void tradesAsOftenAsAskedForButNotEvenly() {
    List<RecordedTick> trades = market.trades(NOON, NOON + HOUR);
    assertThat(trades).hasSize(36_000);

    double[] perSecond = new double[3_600];
    for (RecordedTick trade : trades) {
      perSecond[(int) ((trade.tick().ts() / 1_000 - NOON) / SECOND)]++;
    }
    double variance = 0;
    for (double count : perSecond) {
      variance += (count - 10) * (count - 10) / 3_600;
    }
    // The counts of a Poisson process vary as much as their mean.
    assertThat(variance).isCloseTo(10, within(1.5));
  }

  @Test
  void tradesAtPlausiblePricesWithoutJumps() {
    Map<String, List<RecordedTick>> trades = bySymbol(NOON, NOON + HOUR);

    assertThat(trades).containsOnlyKeys("BTC-USD", "ETH-USD", "EUR-USD", "GOLD");
    trades.forEach(
        (symbol, ticks) -> {
          BigDecimal before = price(ticks.get(0));
          for (RecordedTick tick : ticks) {
            assertThat(price(tick)).isPositive();
            assertThat(price(tick).doubleValue() / before.doubleValue())
                .isCloseTo(1, within(0.005));
            assertThat(new BigDecimal(((Trade) tick.tick()).size())).isPositive();
            before = price(tick);
          }
        });
    List<RecordedTick> euro = trades.getOrDefault("EUR-USD", List.of());
    assertThat(euro).allMatch(tick -> price(tick).scale() == 5);
    assertThat(price(euro.get(0)).doubleValue()).isBetween(0.8, 1.5);
    List<RecordedTick> bitcoin = trades.getOrDefault("BTC-USD", List.of());
    assertThat(price(bitcoin.get(0)).doubleValue()).isBetween(10_000.0, 400_000.0);
  }

  @Test
  void quotesABidBelowTheAsk() {
    List<RecordedTick> quotes = market.quotes(NOON, NOON + 60 * SECOND);

    assertThat(quotes).hasSizeBetween(900, 1_500);
    for (RecordedTick tick : quotes) {
      Quote quote = (Quote) tick.tick();
      assertThat(new BigDecimal(String.valueOf(quote.bid())))
          .isLessThan(new BigDecimal(String.valueOf(quote.ask())));
    }
  }

  @Test
  void walksAsFarInADayAsItsVolatilitySays() {
    RandomWalk walk = new RandomWalk(42, 0.6);
    double squares = 0;
    int days = 500;
    for (int day = 0; day < days; day++) {
      double change = walk.at(NOON + (day + 1) * 24 * HOUR) - walk.at(NOON + day * 24 * HOUR);
      squares += change * change;
    }

    assertThat(Math.sqrt(squares / days * 365.25)).isCloseTo(0.6, within(0.06));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, 1_001})
  void refusesARateThatIsNone(double rate) {
    assertThatThrownBy(() -> new SimulatedMarket(1, rate))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Map<String, List<RecordedTick>> bySymbol(long from, long to) {
    return market.trades(from, to).stream()
        .collect(Collectors.groupingBy(tick -> tick.instrument().symbol()));
  }

  private static long id(Trade trade) {
    return Long.parseLong(String.valueOf(trade.id()));
  }

  private static BigDecimal price(RecordedTick tick) {
    return new BigDecimal(((Trade) tick.tick()).price());
  }
}
