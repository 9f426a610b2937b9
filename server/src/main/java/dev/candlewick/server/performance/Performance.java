package dev.candlewick.server.performance;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of closed trades. Losses are negative numbers; undefined values are null. The API
 * document has the definitions.
 *
 * @param winRateLower the lower bound of Wilson's interval, 95 %
 * @param expectedR the mean over trades whose initial risk is known
 * @param maxDrawdownPct of the peak at which the drawdown started; null if no peak was above zero
 */
record Performance(
    int trades,
    int wins,
    int losses,
    int breakeven,
    @Nullable Double winRate,
    @Nullable Double winRateLower,
    BigDecimal grossProfit,
    BigDecimal grossLoss,
    BigDecimal netProfit,
    @Nullable Double profitFactor,
    @Nullable Double expectedR,
    @Nullable Double avgWin,
    @Nullable Double avgLoss,
    @Nullable BigDecimal largestWin,
    @Nullable BigDecimal largestLoss,
    @Nullable BigDecimal maxDrawdown,
    @Nullable Double maxDrawdownPct,
    Ratios ratios,
    BigDecimal costs,
    @Nullable Double costsPct,
    @Nullable Double avgHoldingSeconds,
    int longestWinStreak,
    int longestLossStreak) {
  private static final double Z = 1.959963984540054;
  private static final double DAYS_A_YEAR = 365;

  /**
   * Return against risk, annualised; from the results of each calendar day, including days without
   * any.
   */
  record Ratios(@Nullable Double sharpe, @Nullable Double sortino, @Nullable Double calmar) {}

  /** Of these trades, in the order of their exits. */
  static Performance of(List<ClosedTrade> trades) {
    Sums sums = new Sums();
    trades.forEach(sums::add);
    int count = trades.size();
    BigDecimal net = sums.profit.add(sums.loss);
    BigDecimal drawdown = count == 0 ? null : sums.drawdown;
    return new Performance(
        count,
        sums.wins,
        sums.losses,
        count - sums.wins - sums.losses,
        ratio(sums.wins, count),
        wilsonLower(sums.wins, count),
        sums.profit,
        sums.loss,
        net,
        ratio(sums.profit.doubleValue(), -sums.loss.doubleValue()),
        mean(trades.stream().map(ClosedTrade::r).toList()),
        ratio(sums.profit.doubleValue(), sums.wins),
        ratio(sums.loss.doubleValue(), sums.losses),
        sums.largestWin,
        sums.largestLoss,
        drawdown,
        sums.drawdownPct,
        ratios(sums.days, net, drawdown),
        sums.costs,
        percent(ratio(sums.costs.doubleValue(), sums.profit.doubleValue())),
        mean(trades.stream().map(ClosedTrade::holdingSeconds).toList()),
        sums.longestWins,
        sums.longestLosses);
  }

  /** What one pass over the trades finds. */
  private static final class Sums {
    BigDecimal profit = BigDecimal.ZERO;
    BigDecimal loss = BigDecimal.ZERO;
    BigDecimal costs = BigDecimal.ZERO;
    BigDecimal drawdown = BigDecimal.ZERO;
    @Nullable BigDecimal largestWin;
    @Nullable BigDecimal largestLoss;
    @Nullable Double drawdownPct;
    int wins;
    int losses;
    int longestWins;
    int longestLosses;
    final TreeMap<LocalDate, BigDecimal> days = new TreeMap<>();
    private BigDecimal equity = BigDecimal.ZERO;
    private BigDecimal peak = BigDecimal.ZERO;
    private int winsInARow;
    private int lossesInARow;

    void add(ClosedTrade trade) {
      BigDecimal pnl = trade.pnl();
      winsInARow = pnl.signum() > 0 ? winsInARow + 1 : 0;
      lossesInARow = pnl.signum() < 0 ? lossesInARow + 1 : 0;
      longestWins = Math.max(longestWins, winsInARow);
      longestLosses = Math.max(longestLosses, lossesInARow);
      if (pnl.signum() > 0) {
        wins++;
        profit = profit.add(pnl);
        largestWin = largestWin == null ? pnl : largestWin.max(pnl);
      } else if (pnl.signum() < 0) {
        losses++;
        loss = loss.add(pnl);
        largestLoss = largestLoss == null ? pnl : largestLoss.min(pnl);
      }
      costs = costs.add(trade.costs());
      days.merge(Grouping.date(trade.exit()), pnl, BigDecimal::add);
      equity = equity.add(pnl);
      peak = peak.max(equity);
      fall(peak.subtract(equity));
    }

    private void fall(BigDecimal depth) {
      drawdown = drawdown.max(depth);
      if (peak.signum() > 0) {
        double pct = 100 * depth.doubleValue() / peak.doubleValue();
        drawdownPct = drawdownPct == null ? pct : Math.max(drawdownPct, pct);
      }
    }
  }

  private static Ratios ratios(
      TreeMap<LocalDate, BigDecimal> days, BigDecimal net, @Nullable BigDecimal drawdown) {
    if (days.isEmpty()) {
      return new Ratios(null, null, null);
    }
    // A day without a trade has result zero.
    long count = days.lastKey().toEpochDay() - days.firstKey().toEpochDay() + 1;
    double mean = net.doubleValue() / count;
    BigDecimal squares = BigDecimal.ZERO;
    double below = 0;
    for (BigDecimal result : days.values()) {
      squares = squares.add(result.multiply(result));
      double day = result.doubleValue();
      below += day < 0 ? day * day : 0;
    }
    // n times the squares of the differences from the mean: exact, so zero if all are equal.
    BigDecimal n = BigDecimal.valueOf(count);
    double varied = n.multiply(squares).subtract(net.multiply(net)).doubleValue();
    double deviation = Math.sqrt(varied / n.doubleValue() / Math.max(1, count - 1));
    double year = Math.sqrt(DAYS_A_YEAR);
    Double sharpe = ratio(year * mean, deviation);
    Double sortino = count > 1 && below > 0 ? year * mean / Math.sqrt(below / count) : null;
    Double calmar = drawdown == null ? null : ratio(DAYS_A_YEAR * mean, drawdown.doubleValue());
    return new Ratios(sharpe, sortino, calmar);
  }

  private static @Nullable Double wilsonLower(int wins, int trades) {
    if (trades == 0) {
      return null;
    }
    double n = trades;
    double p = wins / n;
    double middle = p + Z * Z / (2 * n);
    double reach = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    return Math.max(0, (middle - reach) / (1 + Z * Z / n));
  }

  private static @Nullable Double ratio(double part, double whole) {
    return whole == 0 ? null : part / whole;
  }

  private static @Nullable Double percent(@Nullable Double part) {
    return part == null ? null : 100 * part;
  }

  private static @Nullable Double mean(List<@Nullable Double> values) {
    double[] known =
        values.stream().filter(Objects::nonNull).mapToDouble(Double::doubleValue).toArray();
    // Divided first: their sum may be more than a double holds.
    double mean = 0;
    for (double value : known) {
      mean += value / known.length;
    }
    return known.length == 0 ? null : mean;
  }
}
