package dev.candlewick.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Indicators over a series: where a computation begins, and what a text names. */
class RunTest {
  private static final int COUNT = 9_000;

  private static final String ALL = Catalogue.usages().stream().collect(Collectors.joining(","));

  private static final double[] SHEET = {
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
    45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672,
    43.4205, 42.6628, 43.1314
  };

  @Test
  void theIndexOfRelativeStrengthIsThatOfThePublishedSheet() {
    List<Bar> bars = new ArrayList<>();
    for (double close : SHEET) {
      bars.add(new RandomBars.TestBar(60L * bars.size(), close, close, close, close, 1));
    }
    double[] rsi = RandomBars.compute(bars, "rsi(14)")[0];
    assertThat(Arrays.stream(rsi).skip(14).map(x -> Math.round(x * 100) / 100.0))
        .containsExactly(
            70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42,
            39.99, 41.46, 41.87, 45.46, 37.30, 33.08, 37.77);
    assertThat(Arrays.copyOf(rsi, 14)).containsOnly(Double.NaN);
  }

  @Test
  void aPageOfWhicheverWindowTellsWhatOneLongComputationTells() {
    List<Bar> bars = RandomBars.walk(11, COUNT);
    double[][] expected = RandomBars.compute(bars, ALL.replace("vwap(0,hlc3)", "vwap(30)"));
    Indicators all =
        Indicators.parse(ALL.replace("vwap(0,hlc3)", "vwap(30)").replace("obv(close),ad,", ""));
    List<String> columns = Indicators.parse(ALL.replace("vwap(0,hlc3)", "vwap(30)")).columns();
    Blocks blocks = Blocks.utc(60);
    Random random = new Random(5);
    for (int page = 0; page < 40; page++) {
      int from = random.nextInt(COUNT);
      int to = Math.min(COUNT, from + 1 + random.nextInt(400));
      int before = Math.max(0, from - all.before(blocks));
      List<Bar> held = bars.subList(before, to);
      Run run = all.run(blocks);
      for (int i = from; i < to; i++) {
        double[] values = run.next(held, i - before);
        for (int column = 0; column < values.length; column++) {
          String name = all.columns().get(column);
          same(values[column], expected[columns.indexOf(name)][i], name + " at " + i);
        }
      }
    }
  }

  private static void same(double value, double expected, String what) {
    if (Double.isNaN(expected)) {
      assertThat(value).as(what).isNaN();
    } else {
      double scale = Math.max(Math.abs(expected), 1e-4);
      assertThat(value).as(what).isCloseTo(expected, within(1e-9 * scale));
    }
  }

  @Test
  void pagesThatOverlapTellTheVerySameNumbers() {
    List<Bar> bars = RandomBars.walk(13, COUNT);
    String some = ALL.replace("obv(close),ad,", "");
    Indicators all = Indicators.parse(some);
    Blocks blocks = Blocks.utc(60);
    double[][] seen = new double[COUNT][];
    Random random = new Random(6);
    for (int page = 0; page < 60; page++) {
      int from = random.nextInt(COUNT);
      int before = Math.max(0, from - all.before(blocks));
      List<Bar> held = bars.subList(before, Math.min(COUNT, from + 300));
      Run run = all.run(blocks);
      for (int i = from; i < before + held.size(); i++) {
        double[] peeked = run.peek(held, i - before);
        double[] values = run.next(held, i - before);
        assertThat(values).containsExactly(peeked);
        if (seen[i] != null) {
          assertThat(values).as("at " + i).containsExactly(seen[i]);
        }
        seen[i] = values;
      }
    }
  }

  @Test
  void aFlatMarketIsInTheMiddle() {
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      bars.add(new RandomBars.TestBar(60L * i, 5, 5, 5, 5, 2));
    }
    assertThat(last(bars, "rsi(14)")).isEqualTo(50);
    assertThat(last(bars, "stoch")).isEqualTo(50);
    assertThat(last(bars, "stochrsi")).isEqualTo(50);
    assertThat(last(bars, "mfi(14)")).isEqualTo(50);
    assertThat(last(bars, "willr(14)")).isEqualTo(-50);
    assertThat(last(bars, "cci(20)")).isZero();
    assertThat(last(bars, "cmf(20)")).isZero();
    assertThat(last(bars, "zscore(20)")).isZero();
    assertThat(last(bars, "adx(14)")).isZero();
    assertThat(last(bars, "aroon(14)")).isZero();
    assertThat(last(bars, "atr(14)")).isZero();
    assertThat(last(bars, "macd")).isZero();
    assertThat(last(bars, "volatility(20)")).isZero();
    assertThat(last(bars, "psar")).isEqualTo(5);
    assertThat(last(bars, "vwap")).isEqualTo(5);
  }

  /** Twenty times 102.37 add up to a little more or less than 20 * 102.37. */
  @Test
  void aMarketThatWentFlatHasNoDeviationWhateverItsPrice() {
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      double price = i < 100 ? 90 + 0.11 * i : 102.37 + 0.01 * (i / 50);
      bars.add(new RandomBars.TestBar(60L * i, price, price, price, price, 2));
    }
    for (String none : List.of("cci(20)", "zscore(20)", "var(20)", "stddev(7)", "volatility(20)")) {
      assertThat(last(bars, none)).as(none).isZero();
    }
    assertThat(last(bars, "sma(20)")).isEqualTo(102.37 + 0.01 * 3);
    double[][] bands = RandomBars.compute(bars, "bbands(20,2)");
    assertThat(bands[1][199]).isEqualTo(bands[2][199]).isEqualTo(bands[0][199]);
  }

  /** As a future's in April 2020: a price below 0 has no logarithm, and then is forgotten. */
  @Test
  void aPriceThatIsNotAboveZeroCountsAsLongAsItIsInTheWindow() {
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      double price = i == 20 ? -37.63 : 20 + i % 3;
      bars.add(new RandomBars.TestBar(60L * i, price, price, price, price, 1));
    }
    double[] volatility = RandomBars.compute(bars, "volatility(5)")[0];
    assertThat(Arrays.copyOfRange(volatility, 20, 26)).containsOnly(Double.NaN);
    assertThat(volatility[19]).isPositive();
    assertThat(volatility[26]).isEqualTo(volatility[29]);
  }

  private static double last(List<Bar> bars, String indicator) {
    return RandomBars.compute(bars, indicator)[0][bars.size() - 1];
  }

  @Test
  void whatIsWrongIsNamedAndWhatThereIsToo() {
    refused("foo(3)", "unknown indicator \"foo\"", "sma(20,close)", "ichimoku(9,26,52)");
    refused("sma(1000000)", "sma: length must be an integer from 1 to 1000");
    refused("ema(-1)", "ema: length must be an integer from 1 to 500");
    refused("ema(2.5)", "must be an integer");
    refused("ema(NaN)", "must be an integer");
    refused("ema(20,high,3)", "unexpected argument \"high\"");
    refused("atr(14,high)", "atr: takes no price");
    refused("bbands(20,0)", "multiplier must be a number from 0.01 to 100");
    refused("psar(0,0.2)", "acceleration must be a number from 0.0001 to 1; usage: psar(0.02,0.2)");
    refused("macd(26,12,9)", "macd: fast must be less than slow, which is 12");
    refused("ppo(12,12)", "ppo: fast must be less than slow");
    refused("rsi(14),rsi(14)", "rsi(14) is given more than once");
    refused("rsi(14", "is not written like");
    refused("", "is not written like");
    refused("sma(1),".repeat(500) + "ema", "at most 50 indicators");
    refused("a".repeat(5_000), "too long");
  }

  private static void refused(String list, String... words) {
    assertThatThrownBy(() -> Indicators.parse(list))
        .isInstanceOf(IndicatorException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void columnsAreNamedAsTheyWereAskedFor() {
    assertThat(Indicators.parse("macd(12, 26,9),rsi,ema(20,high)").columns())
        .containsExactly(
            "macd(12,26,9)",
            "macd(12,26,9).signal",
            "macd(12,26,9).histogram",
            "rsi",
            "ema(20,high)");
    assertThat(Indicators.plain("bbands(20,2.5).upper")).isEqualTo("bbands_20_2_5_upper");
  }
}
