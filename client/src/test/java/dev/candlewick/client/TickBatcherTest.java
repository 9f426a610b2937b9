package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TickBatcherTest {
  @Test
  void cutsByRowsOfOneInstrumentAndKind() {
    List<RecordedMessage> messages =
        batch(
            2, List.of(trade("A", 1), trade("B", 2), quote("A", 3), trade("A", 4), quote("A", 5)));

    assertThat(messages)
        .extracting(
            m -> m.message().frame(1).replaceAll(".*\"t\":\"(\\w+).*symbol\":\"(.).*", "$1 $2"))
        .containsExactly("trades A", "quotes A", "trades B");
    assertThat(messages).extracting(m -> m.message().rows()).containsExactly(2, 2, 1);
    assertThat(messages).extracting(RecordedMessage::recorded).containsExactly(4L, 5L, 5L);
  }

  @Test
  void makesTheSameMessagesOfTheSameTicks() {
    List<RecordedTick> ticks = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      String symbol = "S" + random.nextInt(50);
      ticks.add(random.nextBoolean() ? trade(symbol, i) : quote(symbol, i));
    }

    List<String> frames = frames(batch(20, ticks));

    assertThat(frames(batch(20, ticks))).isEqualTo(frames);
    assertThat(batch(20, ticks).stream().mapToInt(m -> m.message().rows()).sum()).isEqualTo(5_000);
  }

  @Test
  void holdsNoMoreThanAFewBatchesHoweverManyInstrumentsThereAre() {
    TickBatcher batcher = new TickBatcher(10);
    int rows = 0;
    for (int i = 0; i < 1_000; i++) {
      RecordedMessage message = batcher.add(trade("S" + i, i));
      rows += message == null ? 0 : message.message().rows();
    }

    assertThat(1_000 - rows).isLessThanOrEqualTo(320);
  }

  private static List<RecordedMessage> batch(int rows, List<RecordedTick> ticks) {
    TickBatcher batcher = new TickBatcher(rows);
    List<RecordedMessage> messages = new ArrayList<>();
    for (RecordedTick tick : ticks) {
      RecordedMessage message = batcher.add(tick);
      if (message != null) {
        messages.add(message);
      }
    }
    messages.addAll(batcher.rest());
    return messages;
  }

  private static List<String> frames(List<RecordedMessage> messages) {
    return messages.stream().map(m -> m.message().frame(1)).toList();
  }

  private static RecordedTick trade(String symbol, long ts) {
    return tick(symbol, new Trade(ts, "1", "1", null, null));
  }

  private static RecordedTick quote(String symbol, long ts) {
    return tick(symbol, new Quote(ts, "1", "1", null, null));
  }

  private static RecordedTick tick(String symbol, Tick tick) {
    return new RecordedTick(new Instrument("demo", symbol), tick, tick.ts());
  }
}
