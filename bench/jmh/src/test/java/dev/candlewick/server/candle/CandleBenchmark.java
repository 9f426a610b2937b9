package dev.candlewick.server.candle;

import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The last step of the read way, per candle of a page of 1,000. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CandleBenchmark {
  private static final int CANDLES = 1000;

  private final List<Candle> candles =
      IntStream.range(0, CANDLES)
          .mapToObj(
              i -> {
                double open = (6_100_000 + i * 7) / 100.0;
                return new Candle(
                    1_723_075_200L + i * 60L,
                    open,
                    (6_101_234 + i * 7) / 100.0,
                    (6_099_433 + i * 7) / 100.0,
                    (6_100_321 + i * 7) / 100.0,
                    (17_123 + i) / 1000.0,
                    1_044_321.55 + i,
                    4_321,
                    (8_750 + i) / 1000.0,
                    true,
                    Candle.Origin.BUILT,
                    false);
              })
          .toList();

  /** Candles to JSON. */
  @Benchmark
  @OperationsPerInvocation(CANDLES)
  public Object encodeJson() {
    return Json.buffer(
        250 * CANDLES,
        json -> {
          json.writeStartArray();
          for (Candle candle : candles) {
            CandleJson.write(json, candle, Times.MS);
          }
          json.writeEndArray();
        });
  }
}
