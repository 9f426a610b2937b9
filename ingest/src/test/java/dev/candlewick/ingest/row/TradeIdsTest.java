package dev.candlewick.ingest.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TradeIdsTest {
  @Test
  void growsWithSeqAndIndexSoThatTradesOfOneInstantKeepTheirOrder() {
    long first = TradeIds.ofRow(3, 10, 0);
    assertThat(TradeIds.ofRow(3, 10, 1)).isGreaterThan(first);
    assertThat(TradeIds.ofRow(3, 11, 0))
        .isGreaterThan(TradeIds.ofRow(3, 10, TradeIds.MAX_ROWS - 1));
  }

  @Test
  void isNegativeAndDiffersByStream() {
    assertThat(TradeIds.ofRow(1, 1, 0)).isNegative().isNotEqualTo(TradeIds.ofRow(2, 1, 0));
  }

  @Test
  void ofTextIsThatOfWhichReadsTellTheHash() {
    long hash = TradeIds.ofText("9c4a-11");
    assertThat(TradeIds.ofText("h:" + HexFormat.of().toHexDigits(hash))).isEqualTo(hash);
    assertThat(TradeIds.ofText("h:ffffffffffffffff")).isEqualTo(-1);
    assertThat(TradeIds.ofText("h:FFFFFFFFFFFFFFFF")).isNotEqualTo(-1);
  }

  @Test
  void ofContentGrowsWithTheOrdinalAndDiffersByContent() {
    byte[] a = {1};
    byte[] b = {2};
    assertThat(TradeIds.ofContent(a, 0)).isEqualTo(TradeIds.ofContent(a, 0)).isNotNegative();
    assertThat(TradeIds.ofContent(a, 0)).isNotEqualTo(TradeIds.ofContent(b, 0));
    assertThat(TradeIds.ofContent(a, 1))
        .isGreaterThan(TradeIds.ofContent(a, 0))
        .isGreaterThan(TradeIds.ofContent(b, 0));
    assertThat(TradeIds.ofContent(a, TradeIds.MAX_ROWS - 1)).isPositive();
  }
}
