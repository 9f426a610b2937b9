package dev.candlewick.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.Quote;
import dev.candlewick.ingest.row.RecordRow;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.row.Trade.Action;
import dev.candlewick.ingest.spool.Entry;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.KindJson;
import dev.candlewick.record.Timeframe;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpooledMessageTest {
  private static final InstrumentKey ONE = new InstrumentKey("binance", "BTCUSDT");
  private static final InstrumentKey OTHER = new InstrumentKey("binance", "ETHUSDT");
  private static final StreamState STREAM = new StreamState(3, "feed-7", 42, 5, 17, "holder");
  private static final Answer ANSWER =
      new SimulatedFeed.Request(new FakeDatabase(new Random(1), () -> {}));

  private static final List<Row> TRADES =
      List.of(
          trade(ONE, 1_723_075_200_123_456L, -37.63, 3, Long.MIN_VALUE, null, Action.NONE),
          trade(ONE, 0, Double.MIN_VALUE, Trade.NO_ID, 0, null, Action.NONE),
          trade(OTHER, 1, Double.MAX_VALUE, 4, Long.MAX_VALUE, "\u00e9 17", Action.CORRECT),
          trade(OTHER, 1, 0, 16, -1, null, Action.CANCEL));
  private static final List<Row> QUOTES =
      List.of(
          new Quote(ONE, 0, 1, null, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
          new Quote(OTHER, 1, 2, 9L, null, null, 3.0, null, null, null),
          new Quote(ONE, 2, 3, null, -0.5, null, null, 0.0, null, 1.0));
  private static final List<Row> CANDLES =
      List.of(
          new Candle(ONE, 0, frame("1m"), 60, 1, 4, 0.5, 2, 9, null, null, null, true),
          new Candle(ONE, 1, frame("1M"), 60, 1, 4, 0.5, 2, 9, 1.0, 7L, 3.0, false));

  private static final DeclaredKind DECLARED =
      new DeclaredKind(
          KindJson.read(
              """
              {"kind":"x","key":["t"],"columns":[{"name":"t","type":"text","required":true},
                {"name":"i","type":"integer"},{"name":"n","type":"number"},{"name":"d","type":"decimal"},
                {"name":"b","type":"boolean"},{"name":"at","type":"timestamp"},{"name":"j","type":"json"},
                {"name":"v","type":"venue"},{"name":"s","type":"symbol"},{"name":"l","type":"levels"}]}
              """),
          7,
          3);
  private static final List<Row> RECORDS =
      List.of(
          new RecordRow(
              DECLARED,
              ONE,
              0,
              -1,
              Arrays.asList(
                  "\u00e9\ud83d\ude00".repeat(10_000),
                  Long.MIN_VALUE,
                  -0.1,
                  new BigDecimal("12345678901234567890123456789012345.670"),
                  true,
                  -62_135_596_800_000_000L,
                  "{\"a\":1.0}",
                  null,
                  null,
                  "[[1.50,2]]")),
          new RecordRow(
              DECLARED,
              null,
              9,
              1,
              Arrays.asList("", null, null, null, null, null, null, null, null, null)));

  private static Trade trade(
      InstrumentKey of,
      long ts,
      double price,
      int flags,
      long id,
      @Nullable String text,
      Action action) {
    return new Trade(of, 5, ts, price, 0.5, (short) 1, (short) flags, id, text, action);
  }

  private static Timeframe frame(String text) {
    return Timeframe.parse(text).orElseThrow();
  }

  private static List<Row> rows(RowType type) {
    return switch (type) {
      case TRADES -> TRADES;
      case QUOTES -> QUOTES;
      case CANDLES -> CANDLES;
      case RECORDS -> RECORDS;
    };
  }

  @ParameterizedTest
  @EnumSource
  void readsBackEveryFieldOf(RowType type) throws IOException {
    List<Rejection> rejections =
        List.of(
            new Rejection(3, "price", Rejection.Code.NOT_FINITE, "must be finite, not \"\u00e9\""),
            new Rejection(4, null, Rejection.Code.OHLC_INCONSISTENT, ""));
    Message.Checked checked = new Message.Checked(rows(type), rejections);
    Entry entry =
        SpooledMessage.write(
            Message.ofStream(STREAM, Position.ofNumber(99), type, checked, 1_000, ANSWER));
    assertThat(entry.apiKeyId()).isEqualTo(3);
    assertThat(entry.stream()).isEqualTo("feed-7");
    assertThat(entry.epoch()).isEqualTo(5);
    assertThat(entry.seq()).isEqualTo(99);
    Message read = SpooledMessage.read(entry, ANSWER);
    assertThat(read.type).isEqualTo(type);
    assertThat(read.rows).isEqualTo(rows(type));
    assertThat(read.rejections()).isEqualTo(rejections);
    assertThat(read.seq()).isEqualTo(99);
    assertThat(read.stream().name()).isEqualTo(STREAM.name());
    assertThat(read.spooled).isTrue();
    assertThat(read.isRequest).isFalse();
  }

  @Test
  void readsATradeThatAnEarlierVersionWrote() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(1);
    out.writeUTF("TRADES");
    out.writeInt(1);
    out.writeBoolean(false);
    out.writeUTF(ONE.venue());
    out.writeUTF(ONE.symbol());
    out.writeInt(5);
    out.writeLong(1_000);
    out.writeDouble(2.5);
    out.writeDouble(0.5);
    out.writeShort(1);
    out.writeShort(Trade.HASHED_ID);
    out.writeLong(77);
    out.writeInt(0);
    Entry entry = new Entry(1, "s", 1, 1, 1, bytes.toByteArray());
    assertThat(SpooledMessage.read(entry, ANSWER).rows)
        .isEqualTo(List.of(trade(ONE, 1_000, 2.5, Trade.HASHED_ID, 77, null, Action.NONE)));
  }

  @Test
  void refusesAPayloadOfAnotherVersion() {
    Entry entry = new Entry(1, "s", 1, 1, 1, new byte[] {9, 0, 0});
    assertThatThrownBy(() -> SpooledMessage.read(entry, ANSWER))
        .isInstanceOf(IOException.class)
        .hasMessage("payload of version 9, not 1 or 2");
  }
}
