package dev.candlewick.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final String LONG = ",\"rows\":[" + "{},".repeat(100_000) + "{}]}";

  @TempDir Path folder;

  @Test
  void givesEachFileItsMessagesAgainAndHasNoFileOfItsOwn() throws IOException {
    try (Spool spool = new Spool(folder)) {
      spool.add(TickMessage.of("trades", ",\"rows\":[{},{}]}", 2));
      spool.add(TickMessage.of("trades", LONG, 3));
      long first = spool.end();
      spool.add(TickMessage.of("candles", ",\"rows\":[{}]}", 1));
      assertThat(folder).isEmptyDirectory();

      MessageReader trades = requireNonNull(spool.messages("trades", 0, first));
      MessageReader candles = requireNonNull(spool.messages("candles", first, spool.end()));
      assertThat(frame(trades)).isEqualTo("{\"t\":\"trades\",\"seq\":7,\"rows\":[{},{}]}");
      assertThat(frame(candles)).isEqualTo("{\"t\":\"candles\",\"seq\":7,\"rows\":[{}]}");
      assertThat(frame(trades)).isEqualTo("{\"t\":\"trades\",\"seq\":7" + LONG);
      assertThat(trades.place(2, 1)).isEqualTo("row 4");
      assertThat(trades.next()).isNull();
      assertThat(candles.next()).isNull();
    }
  }

  @Test
  void isGivenUpWhereItCannotBeWritten() throws IOException {
    try (Spool spool = new Spool(folder.resolve("missing"))) {
      spool.add(TickMessage.of("trades", ",\"rows\":[{}]}", 1));
      assertThat(spool.messages("trades", 0, spool.end())).isNull();
    }
  }

  private static String frame(MessageReader messages) throws IOException {
    RecordedMessage next = messages.next();
    return next == null ? "" : next.message().frame(7);
  }
}
