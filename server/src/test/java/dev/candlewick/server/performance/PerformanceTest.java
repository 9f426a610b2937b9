package dev.candlewick.server.performance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candlewick.server.performance.ClosedTrade.Subject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small cases worked by hand, and large ones against a computation that shares nothing with it. */
class PerformanceTest {
  private static final Subject BOT = new Subject("alpha", null, null, null, null);

  private static final BigDecimal TINY = new BigDecimal("1e-9");

  private static ClosedTrade trade(String day, String pnl) {
    return trade(day, pnl, "0", null);
  }

  private static ClosedTrade trade(String day, String pnl, String costs, @Nullable Double r) {
    long exit = Instant.parse(day + "T12:00:00Z").toEpochMilli() * 1_000;
    return new ClosedTrade(BOT, exit, new BigDecimal(pnl), new BigDecimal(costs), r, null);
  }

  private static Performance of(ClosedTrade... trades) {
    return Performance.of(List.of(trades));
  }

  @Test
  void ofNoTradeIsNothingButCountsAndSums() {
    Performance none = of();
    assertThat(none.trades()).isZero();
    assertThat(none.netProfit()).isEqualByComparingTo("0");
    assertThat(none.longestWinStreak()).isZero();
    assertThat(
            Stream.of(
                none.winRate(),
                none.winRateLower(),
                none.profitFactor(),
                none.expectedR(),
                none.avgWin(),
                none.avgLoss(),
                none.largestWin(),
                none.largestLoss(),
                none.maxDrawdown(),
                none.maxDrawdownPct(),
                none.ratios().sharpe(),
                none.ratios().sortino(),
                none.ratios().calmar(),
                none.costsPct(),
                none.avgHoldingSeconds()))
        .containsOnlyNulls();
  }

  @Test
  void ofOneWinHasNoRatioToLossesOrOfDays() {
    Performance one = of(trade("2026-01-05", "10.50", "0.50", 2.1));
    assertThat(one.wins()).isEqualTo(1);
    assertThat(one.winRate()).isEqualTo(1);
    assertThat(one.winRateLower()).isCloseTo(0.2065, within(5e-5));
    assertThat(one.grossProfit()).isEqualTo(new BigDecimal("10.50"));
    assertThat(one.grossLoss()).isEqualByComparingTo("0");
    assertThat(one.profitFactor()).isNull();
    assertThat(one.avgLoss()).isNull();
    assertThat(one.largestLoss()).isNull();
    assertThat(one.maxDrawdown()).isEqualByComparingTo("0");
    assertThat(one.maxDrawdownPct()).isZero();
    assertThat(one.ratios()).isEqualTo(new Performance.Ratios(null, null, null));
    assertThat(one.expectedR()).isEqualTo(2.1);
    assertThat(one.costsPct()).isCloseTo(100 * 0.5 / 10.5, within(1e-12));
  }

  @Test
  void ofOneLossHasNoDrawdownInPercent() {
    Performance one = of(trade("2026-01-05", "-4"));
    assertThat(one.profitFactor()).isZero();
    assertThat(one.maxDrawdown()).isEqualByComparingTo("4");
    assertThat(one.maxDrawdownPct()).isNull();
    assertThat(one.costsPct()).isNull();
    assertThat(one.ratios().calmar()).isEqualTo(-365);
    assertThat(one.ratios().sharpe()).isNull();
  }

  @Test
  void withoutALossHasASharpeButNoSortino() {
    Performance two = of(trade("2026-01-05", "1"), trade("2026-01-06", "3"));
    assertThat(two.ratios().sharpe()).isCloseTo(Math.sqrt(365) * 2 / Math.sqrt(2), within(1e-12));
    assertThat(two.ratios().sortino()).isNull();
    assertThat(two.ratios().calmar()).isNull();
    assertThat(two.profitFactor()).isNull();
  }

  @Test
  void ofEqualDaysHasNoSharpe() {
    Performance equal =
        of(trade("2026-01-05", "0.1"), trade("2026-01-06", "0.1"), trade("2026-01-07", "0.10"));
    assertThat(equal.ratios().sharpe()).isNull();
    assertThat(equal.netProfit()).isEqualByComparingTo("0.3");
  }

  @Test
  void daysThatDifferByLessThanADoubleTellsHaveAFiniteSharpe() {
    Performance two =
        of(
            trade("2026-01-05", "100000000000000000000"),
            trade("2026-01-06", "100000000000000000002"));
    // Mean 1e20 + 1, deviation the root of 2.
    assertThat(two.ratios().sharpe()).isCloseTo(Math.sqrt(365) * 1e20 / Math.sqrt(2), within(1e8));
  }

  @Test
  void aMeanOfTheLargestResultsIsFinite() {
    Performance two =
        of(
            trade("2026-01-05", "1", "0", Double.MAX_VALUE),
            trade("2026-01-06", "1", "0", Double.MAX_VALUE));
    assertThat(two.expectedR()).isEqualTo(Double.MAX_VALUE);
  }

  @Test
  void countsADayWithoutATradeAsOneOfResultZero() {
    // Days 6, 0, 0, -2: mean 1, deviations 25 + 1 + 1 + 9 = 36, of the negative ones 4.
    Performance gap = of(trade("2026-01-05", "6"), trade("2026-01-08", "-2"));
    assertThat(gap.ratios().sharpe()).isCloseTo(Math.sqrt(365) / Math.sqrt(12), within(1e-12));
    assertThat(gap.ratios().sortino()).isCloseTo(Math.sqrt(365), within(1e-12));
    assertThat(gap.ratios().calmar()).isCloseTo(365 / 2.0, within(1e-12));
    assertThat(gap.maxDrawdownPct()).isCloseTo(100 / 3.0, within(1e-12));
  }

  @Test
  void endsAStreakAtATradeThatWonNothing() {
    Performance streaks =
        of(
            trade("2026-01-05", "1"),
            trade("2026-01-05", "1"),
            trade("2026-01-06", "0"),
            trade("2026-01-06", "1"),
            trade("2026-01-07", "-1"),
            trade("2026-01-07", "-1"),
            trade("2026-01-07", "-1"));
    assertThat(streaks.longestWinStreak()).isEqualTo(2);
    assertThat(streaks.longestLossStreak()).isEqualTo(3);
    assertThat(streaks.breakeven()).isEqualTo(1);
    assertThat(streaks.winRate()).isCloseTo(3 / 7.0, within(1e-15));
  }

  @Test
  void fallsFromTheHighestPeakAlsoFromZero() {
    // Equity -3, 7, 2, 12, 6: falls of 3 from 0, 5 from 7 (71 %), 6 from 12 (50 %).
    Performance falls =
        of(
            trade("2026-01-05", "-3"),
            trade("2026-01-05", "10"),
            trade("2026-01-05", "-5"),
            trade("2026-01-05", "10"),
            trade("2026-01-05", "-6"));
    assertThat(falls.maxDrawdown()).isEqualByComparingTo("6");
    assertThat(falls.maxDrawdownPct()).isCloseTo(500 / 7.0, within(1e-12));
    assertThat(falls.largestWin()).isEqualByComparingTo("10");
    assertThat(falls.largestLoss()).isEqualByComparingTo("-6");
    assertThat(falls.avgLoss()).isCloseTo(-14 / 3.0, within(1e-12));
    assertThat(falls.profitFactor()).isCloseTo(20 / 14.0, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1, 3", "7, 10", "0, 50", "999, 1000", "31, 77"})
  void hasTheLowerBoundThatWilsonGives(int wins, int trades) {
    List<ClosedTrade> all = new ArrayList<>();
    for (int i = 0; i < trades; i++) {
      all.add(trade("2026-01-05", i < wins ? "1" : "-1"));
    }
    assertThat(Performance.of(all).winRateLower())
        .isCloseTo(
            BinomialConfidenceInterval.WILSON_SCORE
                .fromErrorRate(trades, wins, 0.05)
                .getLowerBound(),
            within(1e-12));
  }

  @Test
  void agreesWithSumsOverAnArrayOfDays() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int days = 2 + random.nextInt(40);
      double[] byDay = new double[days];
      List<ClosedTrade> trades = new ArrayList<>();
      for (int day = 0; day < days; day++) {
        int count = day == 0 || day == days - 1 ? 1 : random.nextInt(3);
        for (int i = 0; i < count; i++) {
          BigDecimal pnl = BigDecimal.valueOf(random.nextInt(401) - 200, 2);
          byDay[day] += pnl.doubleValue();
          trades.add(trade("2026-%02d-%02d".formatted(1 + day / 28, 1 + day % 28), pnl.toString()));
        }
      }
      assertAgrees(Performance.of(trades), trades, gaps(trades, byDay));
    }
  }

  /** The same days with the ones between the 28th and the 1st of the month put in. */
  private static double[] gaps(List<ClosedTrade> trades, double[] byDay) {
    long first = Grouping.date(trades.get(0).exit()).toEpochDay();
    long last = Grouping.date(trades.get(trades.size() - 1).exit()).toEpochDay();
    double[] all = new double[(int) (last - first + 1)];
    for (ClosedTrade trade : trades) {
      all[(int) (Grouping.date(trade.exit()).toEpochDay() - first)] += trade.pnl().doubleValue();
    }
    assertThat(Arrays.stream(all).sum()).isCloseTo(Arrays.stream(byDay).sum(), within(1e-9));
    return all;
  }

  private static void assertAgrees(Performance of, List<ClosedTrade> trades, double[] days) {
    double mean = Arrays.stream(days).average().orElseThrow();
    double variance =
        Arrays.stream(days).map(day -> Math.pow(day - mean, 2)).sum() / (days.length - 1);
    double downside =
        Arrays.stream(days).map(day -> Math.pow(Math.min(0, day), 2)).average().orElseThrow();
    double worst = 0;
    double[] equity = new double[trades.size() + 1];
    for (int i = 0; i < trades.size(); i++) {
      equity[i + 1] = equity[i] + trades.get(i).pnl().doubleValue();
    }
    for (int peak = 0; peak < equity.length; peak++) {
      for (int low = peak; low < equity.length; low++) {
        worst = Math.max(worst, equity[peak] - equity[low]);
      }
    }
    assertThat(of.maxDrawdown()).isCloseTo(BigDecimal.valueOf(worst), within(TINY));
    assertClose(of.ratios().sharpe(), Math.sqrt(365) * mean / Math.sqrt(variance));
    assertClose(of.ratios().sortino(), Math.sqrt(365) * mean / Math.sqrt(downside));
    assertClose(of.ratios().calmar(), 365 * mean / worst);
    assertThat(of.netProfit().doubleValue()).isCloseTo(equity[trades.size()], within(1e-9));
  }

  private static void assertClose(@Nullable Double actual, double expected) {
    if (Double.isFinite(expected)) {
      assertThat(actual).isCloseTo(expected, within(1e-6 * (1 + Math.abs(expected))));
    } else {
      assertThat(actual).isNull();
    }
  }
}
