package dev.candlewick.ingest.table;

import dev.candlewick.ingest.decode.DecodeException;
import dev.candlewick.ingest.decode.Envelope;
import dev.candlewick.ingest.decode.JsonDecoder;
import dev.candlewick.ingest.decode.RawRow;
import dev.candlewick.ingest.decode.RowValidator;
import dev.candlewick.ingest.decode.TimeBounds;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.record.MarketKind;
import dev.candlewick.record.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The steps of the write way that are the server's own, per row of a message of 1,000 trades. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
  private static final int ROWS = 1000;

  private final JsonDecoder decoder = new JsonDecoder(5000);
  private byte[] frame = {};
  private Envelope.Defaults defaults = new Envelope.Defaults(null, null, null, null);
  private List<RawRow> raw = List.of();
  private List<Row> rows = List.of();

  /** Makes the message, and what each step takes from the one before. */
  @Setup
  public void makeMessage() throws DecodeException {
    StringBuilder json = new StringBuilder("{\"t\":\"trades\",\"seq\":1,\"venue\":\"binance\",");
    json.append("\"symbol\":\"BTCUSDT\",\"rows\":[");
    for (int i = 0; i < ROWS; i++) {
      json.append(i == 0 ? "" : ",")
          .append(
              "{\"ts\":%d,\"price\":%.2f,\"size\":%.3f,\"side\":\"%s\",\"id\":%d}"
                  .formatted(
                      1_723_075_200_000L + i,
                      61_000 + i * 0.07,
                      0.001 * (i % 500 + 1),
                      i % 2 == 0 ? "buy" : "sell",
                      3_735_683_259L + i));
    }
    frame = json.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
    Envelope envelope = decoder.decode(frame);
    defaults = envelope.defaults();
    raw = List.copyOf(envelope.rows() == null ? List.of() : envelope.rows());
    rows = validate();
  }

  /** Bytes to rows as they were written. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object decode() throws DecodeException {
    return decoder.decode(frame);
  }

  /** The same of a message that is not written plainly. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object decodeAny() throws DecodeException {
    return decoder.decodeAny(frame);
  }

  /** Rows as they were written to trades. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public List<Row> validate() {
    List<Row> good = new ArrayList<>(ROWS);
    Retention forEver =
        new Retention(
            Retention.FOR_EVER,
            Retention.FOR_EVER,
            Collections.nCopies(Retention.LEVELS.size(), Retention.FOR_EVER));
    new RowValidator(MarketKind.TRADES, defaults, new TimeBounds(Instant.now(), forEver))
        .check(raw, good, new ArrayList<>());
    return good;
  }

  /** Trades to the bytes of COPY. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object encodeCopy() {
    CopyBuffer buffer = new CopyBuffer();
    for (Row row : rows) {
      Trade trade = (Trade) row;
      buffer
          .row(7)
          .int4(7)
          .timestamp(trade.ts())
          .int8(trade.id())
          .float8(trade.price())
          .float8(trade.size())
          .int2(trade.side())
          .int2(trade.flags());
    }
    return buffer.finish();
  }
}
