package dev.candlewick.server.performance;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A trade of the journal that has an exit and a result.
 *
 * @param exit microseconds since the epoch
 * @param pnl net of fees and commission
 * @param costs fees, commission and slippage
 * @param r the result in units of the initial risk, if known
 * @param holdingSeconds null if unknown
 */
record ClosedTrade(
    Subject subject,
    long exit,
    BigDecimal pnl,
    BigDecimal costs,
    @Nullable Double r,
    @Nullable Double holdingSeconds) {

  /** Whose trade it was, and in which instrument. */
  record Subject(
      String bot,
      @Nullable String strategy,
      @Nullable String venue,
      @Nullable String symbol,
      @Nullable String regime) {}
}
