package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordsTest {
  private static final Candle.Origin[] ORIGINS = Candle.Origin.values();

  private static double number(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Double.NaN;
      case 1 -> random.nextInt(1_000_000) / 100.0;
      case 2 -> random.nextDouble() * Math.pow(10, random.nextInt(60) - 30);
      default -> -random.nextDouble();
    };
  }

  private static List<Candle> candles(Random random) {
    List<Candle> candles = new ArrayList<>();
    int count = random.nextInt(20);
    for (int i = 0; i < count; i++) {
      candles.add(
          new Candle(
              60L * i,
              number(random),
              number(random),
              number(random),
              number(random),
              number(random),
              number(random),
              random.nextInt(3) - 1,
              number(random),
              random.nextBoolean(),
              ORIGINS[random.nextInt(ORIGINS.length)],
              false));
    }
    return candles;
  }

  private static String json(List<Candle> candles, Times unit) {
    return Json.rows(16, candles.size(), CandleJson.rows(candles, unit), new int[candles.size()])
        .toString();
  }

  private static CandleRows rows(long from, long to, List<Candle> candles, Times unit) {
    return CandleRows.of(from, to, candles, CandleJson.rows(candles, unit), Words.CANDLES);
  }

  private static String written(CandleRows rows, int first, int end) {
    byte[] json = new byte[rows.bytes(first, end)];
    assertThat(rows.write(json, 0, first, end)).isEqualTo(json.length);
    return new String(json, StandardCharsets.US_ASCII);
  }

  @Test
  void candlesArePackedPartedAndJoinedWithoutLoss() {
    Random random = new Random(5);
    for (int i = 0; i < 2_000; i++) {
      Times unit = Times.values()[random.nextInt(Times.values().length)];
      List<Candle> candles = candles(random);
      int count = candles.size();
      CandleRows all = rows(0, 60L * count, candles, unit);
      int cut = random.nextInt(count + 1);
      CandleRows joined = all.part(0, 60L * cut).join(all.part(60L * cut, 60L * count));
      int first = random.nextInt(count + 1);
      int end = first + random.nextInt(count + 1 - first);
      String expected = json(candles.subList(first, end), unit);
      assertThat(written(all, first, end)).isEqualTo(expected);
      assertThat(written(joined, first, end)).isEqualTo(expected);
    }
  }

  @Test
  void whatIndicatorsNeedOfACandleIsReadFromItsPackedForm() {
    Random random = new Random(6);
    for (int i = 0; i < 2_000; i++) {
      List<Candle> candles = candles(random);
      Times unit = Times.values()[random.nextInt(Times.values().length)];
      CandleRows rows = rows(0, 60L * candles.size(), candles, unit);
      for (int row = 0; row < candles.size(); row++) {
        Candle candle = candles.get(row);
        Candle expected =
            Candle.traded(
                candle.ts(),
                candle.open(),
                candle.high(),
                candle.low(),
                candle.close(),
                candle.volume(),
                candle.closed());
        assertThat(rows.candle(row)).isEqualTo(expected);
      }
    }
  }

  @Test
  void aCandleTakesAThirdOfItsJson() {
    double none = Double.NaN;
    List<Candle> candles = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      candles.add(
          new Candle(
              1_800_000_000L + 60L * i,
              1000.13,
              1000.42,
              999.87,
              1000.01,
              12.345,
              none,
              -1,
              none,
              true,
              Candle.Origin.NATIVE,
              false));
    }
    CandleRows rows = rows(1_800_000_000L, CandleRows.OPEN, candles, Times.MS);
    assertThat(rows.packed()).hasSizeLessThan(rows.bytes(0, 512) / 3);
  }
}
