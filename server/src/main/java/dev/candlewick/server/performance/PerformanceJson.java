package dev.candlewick.server.performance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.performance.Grouping.Group;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Numbers;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the performance of all trades, and of each group. */
final class PerformanceJson {
  private PerformanceJson() {}

  static Buffer write(PerformanceQuery query, List<ClosedTrade> trades) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          fields(json, Performance.of(trades));
          Grouping by = query.by();
          if (by != null) {
            json.writeStringField("by", by.word());
            json.writeArrayFieldStart("rows");
            for (Group group : by.divide(trades)) {
              json.writeStartObject();
              value(json, by, group.value());
              fields(json, Performance.of(group.trades()));
              json.writeEndObject();
            }
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  private static void value(JsonGenerator json, Grouping by, @Nullable String value)
      throws IOException {
    if (by == Grouping.SYMBOL) {
      String[] instrument = value == null ? new String[2] : value.split("\n", -1);
      json.writeStringField("symbol", instrument[0]);
      json.writeStringField("venue", instrument[1]);
    } else {
      json.writeStringField(by.word(), value);
    }
  }

  private static void fields(JsonGenerator json, Performance of) throws IOException {
    json.writeNumberField("trades", of.trades());
    json.writeNumberField("wins", of.wins());
    json.writeNumberField("losses", of.losses());
    json.writeNumberField("breakeven", of.breakeven());
    Numbers.field(json, "win_rate", of.winRate());
    Numbers.field(json, "win_rate_lower", of.winRateLower());
    decimal(json, "gross_profit", of.grossProfit());
    decimal(json, "gross_loss", of.grossLoss());
    decimal(json, "net_profit", of.netProfit());
    Numbers.field(json, "profit_factor", of.profitFactor());
    Numbers.field(json, "expected_r", of.expectedR());
    Numbers.field(json, "avg_win", of.avgWin());
    Numbers.field(json, "avg_loss", of.avgLoss());
    decimal(json, "largest_win", of.largestWin());
    decimal(json, "largest_loss", of.largestLoss());
    decimal(json, "max_drawdown", of.maxDrawdown());
    Numbers.field(json, "max_drawdown_pct", of.maxDrawdownPct());
    Numbers.field(json, "sharpe", of.ratios().sharpe());
    Numbers.field(json, "sortino", of.ratios().sortino());
    Numbers.field(json, "calmar", of.ratios().calmar());
    decimal(json, "costs", of.costs());
    Numbers.field(json, "costs_pct", of.costsPct());
    Numbers.field(json, "avg_holding_seconds", of.avgHoldingSeconds());
    json.writeNumberField("longest_win_streak", of.longestWinStreak());
    json.writeNumberField("longest_loss_streak", of.longestLossStreak());
  }

  private static void decimal(JsonGenerator json, String name, @Nullable BigDecimal value)
      throws IOException {
    json.writeFieldName(name);
    if (value == null) {
      json.writeNull();
    } else {
      json.writeNumber(value.toPlainString());
    }
  }
}
