package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.MomentumStrategy.Minute;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MomentumStrategyTest {
  private static final long START = 1_767_225_600_000L / 1_020_000 * 1_020_000;

  private static Map<String, String> records(int minutes) {
    MomentumStrategy strategy = new MomentumStrategy(MomentumStrategy.CAPITAL);
    RecordRows rows = new RecordRows();
    for (int i = -10; i < minutes; i++) {
      BigDecimal price = BigDecimal.valueOf(6_000_000 + 30L * i, 2);
      strategy.step(new Minute(START + i * 60_000L, price), rows);
    }
    return rows.byKind();
  }

  @Test
  void aTradeIsOneRoundTripWithItsOrdersFillsAndPosition() {
    Map<String, String> rows = records(16);
    assertThat(rows.get("fills")).contains("\"side\":\"buy\"", "\"side\":\"sell\"");
    assertThat(rows.get("positions")).contains("\"status\":\"open\"", "\"status\":\"closed\"");
    assertThat(rows.get("orders")).contains("\"status\":\"cancelled\"");
    assertThat(rows.get("journal"))
        .contains("\"exit_reason\":\"time_exit\"", "\"pnl_usd\":-0.84", "\"fees\":1.20");
    assertThat(rows.get("balances")).contains("\"equity\":9999.16");
  }

  @Test
  void aPositionOpensWithTheFillThatNamesIt() {
    Map<String, String> rows = records(16);
    assertThat(firstTs(rows, "positions")).isEqualTo(firstTs(rows, "fills"));
    assertThat(rows.get("fills")).contains("\"position_id\":\"P-");
  }

  private static String firstTs(Map<String, String> rows, String kind) {
    return rows.getOrDefault(kind, "").replaceFirst("(?s).*?\"ts\":([0-9]+).*", "$1");
  }

  @Test
  void theSameCandlesAreTheSameRecords() {
    assertThat(records(100)).isEqualTo(records(100));
  }
}
