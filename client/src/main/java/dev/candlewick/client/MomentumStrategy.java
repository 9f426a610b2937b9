package dev.candlewick.client;

import dev.candlewick.client.RecordRows.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The demo's strategy: every seventeen minutes it follows the direction of the last five for twelve
 * minutes, or until stop or target. Every trade depends on the candles alone; its records are
 * identified by the number of the seventeen-minute period.
 */
final class MomentumStrategy {
  static final String BOT = "demo-momentum";
  static final String SYMBOL = "BTC-USD";
  static final BigDecimal CAPITAL = new BigDecimal("10000.00");

  /** Minutes that it has to know before a trade. */
  static final int LOOKS_BACK = 5;

  private static final String STRATEGY = "momentum";
  private static final String ACCOUNT = "paper";
  private static final long MINUTE = 60_000;
  private static final long FILLED_AFTER = 40;
  private static final int CYCLE = 17;
  private static final int HELD = 12;
  private static final BigDecimal QUANTITY = new BigDecimal("0.10");
  private static final BigDecimal FEE = new BigDecimal("0.0001");
  private static final BigDecimal STOP = new BigDecimal("0.0012");
  private static final BigDecimal LOSS_LIMIT = new BigDecimal("-5.00");
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  private final Deque<BigDecimal> closes = new ArrayDeque<>();
  private BigDecimal equity;
  private BigDecimal peak;
  private @Nullable Trade open;

  /** A closed minute; {@code ts} is its end in milliseconds. */
  record Minute(long ts, BigDecimal close) {}

  private record Trade(
      long number, long ts, boolean isLong, BigDecimal price, BigDecimal risk, String regime) {
    BigDecimal pnl(BigDecimal at) {
      BigDecimal gain = at.subtract(price).multiply(QUANTITY);
      return money(isLong ? gain : gain.negate());
    }
  }

  MomentumStrategy(BigDecimal equity) {
    this.equity = equity;
    this.peak = equity;
  }

  private static BigDecimal money(BigDecimal amount) {
    return amount.setScale(2, RoundingMode.HALF_UP);
  }

  void started(RecordRows rows, long now) {
    event(rows, now, "start-" + now, "BOT_START", "INFO", "the demo's bot has begun");
  }

  private static void event(
      RecordRows rows, long ts, String id, String type, String level, String message) {
    rows.add("events", ts)
        .with("bot", BOT)
        .with("event_id", id)
        .with("event_type", type)
        .with("level", level)
        .with("component", "trading_engine")
        .with("message", message);
  }

  /** What it does at the end of a minute. */
  void step(Minute minute, RecordRows rows) {
    Trade trade = open;
    long number = minute.ts() / MINUTE / CYCLE;
    long inCycle = minute.ts() / MINUTE % CYCLE;
    if (trade != null) {
      BigDecimal gain = trade.pnl(minute.close());
      boolean over = inCycle >= HELD || number != trade.number();
      if (over || gain.compareTo(trade.risk().negate()) <= 0) {
        exit(trade, minute, over ? "time_exit" : "stop_loss", rows);
      } else if (gain.compareTo(trade.risk().add(trade.risk())) >= 0) {
        exit(trade, minute, "take_profit", rows);
      }
    } else if (inCycle == 0 && closes.size() == LOOKS_BACK) {
      enter(number, minute, rows);
    }
    closes.addLast(minute.close());
    if (closes.size() > LOOKS_BACK) {
      closes.removeFirst();
    }
  }

  private void enter(long number, Minute minute, RecordRows rows) {
    BigDecimal price = minute.close();
    BigDecimal move = price.subtract(closes.getFirst());
    boolean isLong = move.signum() >= 0;
    BigDecimal risk = money(price.multiply(STOP).multiply(QUANTITY));
    String regime = move.abs().compareTo(price.multiply(STOP)) < 0 ? "ranging" : "volatile";
    Trade trade = new Trade(number, minute.ts(), isLong, price, risk, regime);
    open = trade;
    rows.add("signals", minute.ts())
        .with("bot", BOT)
        .with("signal_id", "S-" + number)
        .with("venue", SimulatedMarket.VENUE)
        .with("symbol", SYMBOL)
        .with("timeframe", "1m")
        .with("strategy", STRATEGY)
        .with("signal_type", isLong ? "long" : "short")
        .with("price", price)
        .with("indicators", new Json("{\"momentum\":" + move.toPlainString() + "}"))
        .with("executed", true)
        .with("order_id", "O-" + number + "-in");
    fill(trade, "in", isLong ? "buy" : "sell", minute.ts(), price, rows);
    order(trade, "tp", isLong ? "sell" : "buy", minute.ts() + 1, "submitted", rows);
    position(trade, minute.ts() + FILLED_AFTER, price, "open", rows);
    journal(trade, minute.ts(), null, null, rows);
  }

  private void exit(Trade trade, Minute minute, String reason, RecordRows rows) {
    open = null;
    BigDecimal fees = money(minute.close().multiply(QUANTITY).multiply(FEE)).multiply(TWO);
    BigDecimal pnl = trade.pnl(minute.close()).subtract(fees);
    equity = equity.add(pnl);
    peak = peak.max(equity);
    String side = trade.isLong() ? "sell" : "buy";
    boolean target = reason.equals("take_profit");
    if (!target) {
      fill(trade, "out", side, minute.ts(), minute.close(), rows);
    }
    order(trade, "tp", side, minute.ts(), target ? "filled" : "cancelled", rows);
    position(trade, minute.ts(), minute.close(), "closed", rows);
    journal(trade, minute.ts(), minute.close(), reason, rows);
    balance(minute.ts(), BigDecimal.ZERO, "trade_close", rows);
    if (pnl.compareTo(LOSS_LIMIT) < 0) {
      breach(trade, minute.ts(), pnl, rows);
    }
  }

  private static void breach(Trade trade, long ts, BigDecimal pnl, RecordRows rows) {
    for (boolean resolved : new boolean[] {false, true}) {
      rows.add("risk_events", resolved ? ts + MINUTE : ts)
          .with("bot", BOT)
          .with("event_id", "R-" + trade.number())
          .with("risk_type", "position_limit")
          .with("current_value", pnl)
          .with("limit_value", LOSS_LIMIT)
          .with("action_taken", "alert_sent")
          .with("positions_affected", 1)
          .with("resolved", resolved);
    }
  }

  private static void order(
      Trade trade, String leg, String side, long ts, String status, RecordRows rows) {
    boolean filled = status.equals("filled");
    rows.add("orders", ts)
        .with("bot", BOT)
        .with("order_id", "O-" + trade.number() + "-" + leg)
        .with("account", ACCOUNT)
        .with("venue", SimulatedMarket.VENUE)
        .with("symbol", SYMBOL)
        .with("strategy", STRATEGY)
        .with("order_type", leg.equals("tp") ? "limit" : "market")
        .with("side", side)
        .with("quantity", QUANTITY)
        .with("filled_quantity", filled ? QUANTITY : BigDecimal.ZERO)
        .with("status", status)
        .with("purpose", leg.equals("in") ? "entry" : leg.equals("tp") ? "take_profit" : "exit")
        .with("position_id", "P-" + trade.number())
        .with("trade_id", "T-" + trade.number());
  }

  private static void fill(
      Trade trade, String leg, String side, long ts, BigDecimal price, RecordRows rows) {
    order(trade, leg, side, ts, "submitted", rows);
    order(trade, leg, side, ts + FILLED_AFTER, "filled", rows);
    rows.add("fills", ts + FILLED_AFTER)
        .with("bot", BOT)
        .with("fill_id", "F-" + trade.number() + "-" + leg)
        .with("order_id", "O-" + trade.number() + "-" + leg)
        .with("position_id", "P-" + trade.number())
        .with("trade_id", "T-" + trade.number())
        .with("venue", SimulatedMarket.VENUE)
        .with("symbol", SYMBOL)
        .with("side", side)
        .with("quantity", QUANTITY)
        .with("price", price)
        .with("fees", money(price.multiply(QUANTITY).multiply(FEE)));
  }

  private static void position(
      Trade trade, long ts, BigDecimal price, String status, RecordRows rows) {
    rows.add("positions", ts)
        .with("bot", BOT)
        .with("position_id", "P-" + trade.number())
        .with("account", ACCOUNT)
        .with("venue", SimulatedMarket.VENUE)
        .with("symbol", SYMBOL)
        .with("strategy", STRATEGY)
        .with("side", trade.isLong() ? "long" : "short")
        .with("quantity", QUANTITY)
        .with("avg_entry_price", trade.price())
        .with("current_price", price)
        .with(status.equals("open") ? "unrealized_pnl" : "realized_pnl", trade.pnl(price))
        .with("status", status)
        .with("opened_at", trade.ts())
        .with("closed_at", status.equals("closed") ? ts : null);
  }

  private void journal(
      Trade trade, long ts, @Nullable BigDecimal exit, @Nullable String reason, RecordRows rows) {
    BigDecimal fees = money(trade.price().multiply(QUANTITY).multiply(FEE)).multiply(TWO);
    BigDecimal pnl = exit == null ? null : trade.pnl(exit).subtract(fees);
    rows.add("journal", ts)
        .with("bot", BOT)
        .with("trade_id", "T-" + trade.number())
        .with("account", ACCOUNT)
        .with("venue", SimulatedMarket.VENUE)
        .with("symbol", SYMBOL)
        .with("strategy", STRATEGY)
        .with("regime", trade.regime())
        .with("side", trade.isLong() ? "long" : "short")
        .with("quantity", QUANTITY)
        .with("entry_time", trade.ts())
        .with("entry_price", trade.price())
        .with("initial_risk", trade.risk())
        .with("exit_time", exit == null ? null : ts)
        .with("exit_price", exit)
        .with("exit_reason", reason)
        .with("fees", exit == null ? null : fees)
        .with("pnl_usd", pnl);
  }

  private void balance(long ts, BigDecimal unrealized, String type, RecordRows rows) {
    BigDecimal now = equity.add(unrealized);
    rows.add("balances", ts)
        .with("bot", BOT)
        .with("account", ACCOUNT)
        .with("currency", "USD")
        .with("total_balance", equity)
        .with("equity", now)
        .with("unrealized_pnl", unrealized)
        .with("total_pnl", now.subtract(CAPITAL))
        .with("drawdown", peak.subtract(now).max(BigDecimal.ZERO))
        .with("open_positions", open == null ? 0 : 1)
        .with("snapshot_type", type);
  }

  /** What it reports every few seconds: that it is alive, what it holds, and the book it sees. */
  void look(long now, BigDecimal price, RecordRows rows) {
    Trade trade = open;
    BigDecimal unrealized = trade == null ? BigDecimal.ZERO : trade.pnl(price);
    if (trade != null) {
      position(trade, now, price, "open", rows);
    }
    balance(now, unrealized, "periodic", rows);
    rows.add("bots", now)
        .with("bot", BOT)
        .with("name", "Demo momentum")
        .with("strategy", STRATEGY)
        .with("status", "active")
        .with("deployment_mode", "demo")
        .with("account", ACCOUNT)
        .with("venue", SimulatedMarket.VENUE)
        .with("symbol", SYMBOL)
        .with("initial_capital", CAPITAL)
        .with("current_equity", equity.add(unrealized))
        .with("open_positions", trade == null ? 0 : 1)
        .with("last_heartbeat", now);
    rows.add("books", now)
        .with("venue", SimulatedMarket.VENUE)
        .with("symbol", SYMBOL)
        .with("bids", side(price, -1))
        .with("asks", side(price, 1));
  }

  private static Json side(BigDecimal price, int direction) {
    StringBuilder levels = new StringBuilder("[");
    for (int i = 1; i <= 20; i++) {
      BigDecimal level =
          price.add(new BigDecimal("0.05").multiply(BigDecimal.valueOf(direction * i)));
      levels.append(i == 1 ? "" : ",").append('[').append(level.toPlainString());
      levels.append(',').append(BigDecimal.valueOf(i * 3L % 7 + 1, 2).toPlainString()).append(']');
    }
    return new Json(levels.append(']').toString());
  }
}
