package dev.candlewick.server.audit;

import dev.candlewick.server.audit.Scan.Scope;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks of what bots and models write, over the built-in kinds. */
final class RecordScans {
  private static final Duration MONTH = Duration.ofDays(31);

  private static final Scan ORDERS =
      new Scan(
          List.of("record.orders"),
          Scope.ALL,
          MONTH,
          """
          select o._instrument_id as instrument_id, o.*, (select p.status from record.orders p where p.bot = o.bot and p.order_id = o.order_id
                         and p.ts < o.ts order by p.ts desc limit 1) as before_status
          from record.orders o
          where o.ts >= $2::timestamptz and o.ts < $3::timestamptz
          """,
          "concat('bot ', r.bot, ', order ', r.order_id, ': ', before_status, ' -> ', r.status)",
          List.of(
              new Check(
                  "orders_state_machine",
                  "an order leaves a state that is final, or returns to one that it has left",
                  "before_status is not null and r.status <> before_status and (before_status in"
                      + " ('filled', 'cancelled', 'rejected', 'expired', 'failed') or r.status ="
                      + " 'pending' or (before_status = 'partially_filled' and r.status in"
                      + " ('submitted', 'rejected')))"),
              new Check(
                  "orders_overfilled",
                  "more is filled than was ordered",
                  "filled_quantity > quantity"),
              new Check(
                  "orders_do_not_add_up",
                  "filled and remaining are not the quantity, or an order is filled in less than"
                      + " it",
                  "(filled_quantity + remaining_quantity <> quantity"
                      + " and r.status in ('submitted', 'partially_filled', 'filled'))"
                      + " or (r.status = 'filled' and filled_quantity < quantity)"),
              new Check(
                  "orders_filled_without_fill",
                  "an order is filled in part or whole with nothing filled",
                  "r.status in ('filled', 'partially_filled') and filled_quantity = 0"),
              new Check(
                  "orders_times",
                  "an order is filled before it was submitted, or submitted before it was made",
                  "filled_at < submitted_at or submitted_at < created_at")));

  private static final Scan FILLS =
      new Scan(
          List.of("record.fills", "record.orders"),
          Scope.ALL,
          MONTH,
          """
          select f._instrument_id as instrument_id, f.*, f.order_id is null or exists (select from record.orders o
                        where o.bot = f.bot and o.order_id = f.order_id) as ordered
          from record.fills f
          where f.ts >= $2::timestamptz and f.ts < $3::timestamptz
          """,
          "concat('bot ', r.bot, ', fill ', r.fill_id, ', order ', r.order_id)",
          List.of(
              new Check(
                  "fills_without_orders", "a fill names an order that is not there", "not ordered"),
              new Check(
                  "fills_not_positive", "a fill's quantity is not above zero", "quantity <= 0"),
              new Check(
                  "fills_cost",
                  "cost is not price * quantity, by more than 0.1 %",
                  "abs(cost - price * quantity) > 0.001 * abs(cost)")));

  private static final Scan POSITIONS =
      new Scan(
          List.of("record.positions", "record.fills"),
          Scope.ALL,
          MONTH,
          """
          select p._instrument_id as instrument_id, p.*, exists (select from record.fills f where f.bot = p.bot and f.ts <= p.ts
                                and (f.position_id = p.position_id or f.position_id is null
                                     and f._instrument_id is not distinct from p._instrument_id)) as filled,
                 (select q.status from record.positions q where q.bot = p.bot and q.position_id = p.position_id
                    and q.ts < p.ts order by q.ts desc limit 1) as before_status
          from record.positions p
          where p.ts >= $2::timestamptz and p.ts < $3::timestamptz
          """,
          "concat('bot ', r.bot, ', position ', r.position_id, ': ', before_status, ' -> ',"
              + " r.status)",
          List.of(
              new Check(
                  "positions_without_fills", "a position that no fill has opened", "not filled"),
              new Check(
                  "positions_state_machine",
                  "a position is open again after it was closed",
                  "before_status in ('closed', 'liquidated') and r.status <> before_status"),
              new Check(
                  "positions_times",
                  "a position is closed before it was opened",
                  "closed_at < opened_at"),
              new Check(
                  "positions_pnl",
                  "total profit is not realized + unrealized",
                  "abs(total_pnl - realized_pnl - unrealized_pnl) > 0.01")));

  private static final Scan BALANCES =
      new Scan(
          List.of("record.balances"),
          Scope.ALL,
          MONTH,
          """
          select null::int as instrument_id, b.* from record.balances b where b.ts >= $2::timestamptz and b.ts < $3::timestamptz
          """,
          "concat('bot ', r.bot, ', account ', r.account, ': total ', total_balance)",
          List.of(
              new Check(
                  "balances_do_not_add_up",
                  "available and locked are not the total",
                  "abs(total_balance - available_balance - locked_balance) > 0.01"),
              new Check(
                  "balances_negative",
                  "available or locked is below zero",
                  "available_balance < 0 or locked_balance < 0")));

  private static final Scan SIGNALS =
      new Scan(
          List.of("record.signals", "record.orders"),
          Scope.ALL,
          MONTH,
          """
          select s._instrument_id as instrument_id, s.*, s.order_id is null or exists (select from record.orders o
                        where o.bot = s.bot and o.order_id = s.order_id) as ordered
          from record.signals s
          where s.ts >= $2::timestamptz and s.ts < $3::timestamptz
          """,
          "concat('bot ', r.bot, ', signal ', r.signal_id)",
          List.of(
              new Check(
                  "signals_without_orders",
                  "a signal names an order that is not there",
                  "not ordered"),
              new Check(
                  "signals_executed_and_rejected",
                  "a signal is executed and rejected",
                  "executed and rejected")));

  private static final Scan JOURNAL =
      new Scan(
          List.of("record.journal"),
          Scope.ALL,
          MONTH,
          """
          select j._instrument_id as instrument_id, j.* from record.journal j where j.ts >= $2::timestamptz and j.ts < $3::timestamptz
          """,
          "concat('bot ', r.bot, ', trade ', r.trade_id, ': profit ', pnl_usd)",
          List.of(
              new Check("journal_times", "a trade ends before it begins", "exit_time < entry_time"),
              new Check(
                  "journal_win_loss",
                  "win or loss is not what the profit says",
                  "(win_loss = 'win' and pnl_usd <= 0) or (win_loss = 'loss' and pnl_usd >= 0)")));

  private RecordScans() {}

  static List<Scan> all() {
    return Stream.concat(
            Stream.of(ORDERS, FILLS, POSITIONS, BALANCES, SIGNALS, JOURNAL),
            Stream.of(ofUnknownBots()))
        .toList();
  }

  /** Rows that name a bot that is not among the bots, if there are any bots. */
  private static Scan ofUnknownBots() {
    String each =
        Arrays.stream(
                new String[] {"orders", "fills", "positions", "signals", "balances", "journal"})
            .map(kind -> "select distinct bot, '" + kind + "' as kind from record_latest." + kind)
            .collect(Collectors.joining(" union all "));
    return new Scan(
        List.of(
            "record.bots",
            "record.orders",
            "record.fills",
            "record.positions",
            "record.signals",
            "record.balances",
            "record.journal"),
        Scope.ALL,
        Duration.ofDays(36_500),
        "select null::int as instrument_id, $2::timestamptz as ts, e.bot, e.kind from ("
            + each
            + ") e"
            + " where exists (select from record.bots)",
        "r.kind || ' of bot ' || r.bot",
        List.of(
            new Check(
                "records_of_unknown_bots",
                "rows of a bot that is not among the bots",
                "not exists (select from record.bots b where b.bot = r.bot)")));
  }
}
