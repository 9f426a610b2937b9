package dev.candlewick.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against tables that others have published. */
class PublishedTablesTest {
  /** Fifteen days, and below what Tulip Indicators publishes for them. */
  private static final List<Bar> DAYS =
      bars(
          "82.15 81.89 83.03 83.30 83.85 83.90 83.33 84.30 84.84 85.00 85.90 86.58 86.98 88.00"
              + " 87.87",
          "81.29 80.64 81.31 82.65 83.07 83.11 82.49 82.30 84.15 84.11 84.03 85.39 85.76 87.17"
              + " 87.01",
          "81.59 81.06 82.87 83.00 83.61 83.15 82.84 83.99 84.55 84.36 85.53 86.54 86.89 87.77"
              + " 87.29",
          "5653100 6447400 7690900 3831400 4455100 3798000 3936200 4732000 4841300 3915300 6830800"
              + " 6694100 5293600 7985800 4807900");

  /** The worksheet of Wilder's "New Concepts in Technical Trading Systems". */
  private static final List<Bar> WORKSHEET =
      bars(
          "274 273.25 272 270.75 270 270.5 268.5 265.5 262.5 263.5 269.5 267.25 267.5 269.75 268.25"
              + " 264 268 266 274 277.5 277 272 267.75 269.25 266 265 264.75 261 257.5 259 259.75"
              + " 257.25 250 254.25 254 253.25 253.25 251.75 253 251.5 246.25",
          "272 270.25 269.75 268 269 268 266.5 263 259 260 263 265 265.5 266 263.25 261.5 266.25"
              + " 264.25 267 273.5 272.5 269.58 264 263 263.5 262 261.5 255.5 253 254 257.5 250 247"
              + " 252.75 250.5 250.25 251 250.5 249.5 245.25 240",
          "272.75 270.75 270 269.25 269.75 270 266.5 263.25 260.25 263 266.5 267 265.75 268.5"
              + " 264.25 264 266.5 265.25 273 276.75 273 270.25 266.75 263 265.5 262.25 262.75"
              + " 255.5 253 257.5 257.5 250 249.75 253.75 251.25 250.5 253 251.5 250 245.75 242.75",
          "");

  private static double[] numbers(String text) {
    return Arrays.stream(text.trim().split(" +")).mapToDouble(Double::parseDouble).toArray();
  }

  private static List<Bar> bars(String high, String low, String close, String volume) {
    double[] highs = numbers(high);
    double[] lows = numbers(low);
    double[] closes = numbers(close);
    double[] volumes = volume.isEmpty() ? new double[highs.length] : numbers(volume);
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < highs.length; i++) {
      bars.add(
          new RandomBars.TestBar(86_400L * i, closes[i], highs[i], lows[i], closes[i], volumes[i]));
    }
    return bars;
  }

  /** The table's values are the last ones, one after another, rounded. */
  private static void same(
      List<Bar> bars, String indicator, int column, String table, double near) {
    double[] ours = RandomBars.compute(bars, indicator)[column];
    double[] theirs = numbers(table);
    int before = ours.length - theirs.length;
    for (int i = 0; i < theirs.length; i++) {
      assertThat(ours[before + i])
          .as("%s at %d", indicator, before + i)
          .isCloseTo(theirs[i], within(near));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ad       |0|-1709076.744 -3823823.944 2436210.940 2730934.016 4444434.016 1031041.611"
            + " 375008.278 3640088.278 4411889.727 2696196.469 6823899.143 13067975.613"
            + " 17580552.662 21140487.602 19463313.184",
        "aroon(5) |1|100 80 100 100 100 100 100 100 100 80",
        "aroon(5) |2|20 0 0 80 60 40 20 0 40 20",
        "bbands(5,2)|0|82.426 82.738 83.094 83.318 83.628 83.778 84.254 84.994 85.574 86.218"
            + " 86.804",
        "bbands(5,2)|1|84.322 84.489 83.655 84.164 84.838 85.121 85.997 86.845 87.612 88.566"
            + " 88.319",
        "bbands(5,2)|2|80.530 80.987 82.533 82.472 82.418 82.435 82.511 83.143 83.536 83.870"
            + " 85.289",
        "cci(5)   |0|166.667 82.020 95.501 130.912 99.163 116.342 71.928",
        "hma(5)   |0|83.690 83.038 83.472 84.550 84.835 85.360 86.552 87.346 87.965 87.916",
        "highest(5,close)|0|83.61 83.61 83.61 83.99 84.55 84.55 85.53 86.54 86.89 87.77 87.77",
        "lowest(5,close)|0|81.06 81.06 82.84 82.84 82.84 82.84 82.84 83.99 84.36 84.36 85.53",
        "mfi(5)   |0|61.172 67.308 62.796 64.661 45.238 67.841 85.578 85.963 87.504 84.647",
        "mom(5)   |0|1.56 1.78 1.12 1.55 0.75 2.38 3.70 2.90 3.22 2.93",
        "return(5)|0|0.019 0.022 0.014 0.019 0.009 0.029 0.045 0.035 0.038 0.035",
        "rma(5)   |0|82.426 82.571 82.625 82.898 83.228 83.455 83.870 84.404 84.901 85.475 85.838",
        "rsi(5)   |0|72.034 64.927 75.936 79.796 74.713 83.033 87.478 88.755 91.483 78.498",
        "stddev(5)|0|0.948 0.875 0.280 0.423 0.605 0.671 0.871 0.926 1.019 1.174 0.758",
        "stoch(5,3,3)|0|77.385 83.126 84.867 88.361 95.246 96.740 91.091",
        "stoch(5,3,3)|1|75.702 78.011 81.793 85.452 89.491 93.449 94.359",
        "tr       |0|1.25 1.97 0.65 0.85 0.79 0.84 2.00 0.85 0.89 1.87 1.19 1.22 1.11 0.86",
        "var(5)   |0|0.899 0.766 0.079 0.179 0.366 0.451 0.759 0.857 1.038 1.378 0.574",
        "vwma(5)  |0|82.332 82.610 83.070 83.354 83.682 83.822 84.409 85.165 85.698 86.418 86.805",
        "willr(5) |0|-7.477 -23.006 -40.927 -15.500 -11.417 -23.704 -10.278 -0.935 -3.051 -5.793"
            + " -17.884",
        "wma(5)   |0|82.825 83.066 83.100 83.399 83.809 84.053 84.637 85.399 86.031 86.763 87.121"
      })
  void fifteenDaysOfTulipIndicators(String indicator, int column, String table) {
    same(DAYS, indicator.trim(), column, table, 0.00051);
  }

  /** Wilder rounded sums to two places and what he divided to none before he went on with it. */
  @Test
  void wildersWorksheetOfDirectionalMovement() {
    String plus =
        "20 19 26 25 37 41 37 34 30 30 28 26 25 22 20 20 21 18 17 23 22 21 20 19 20 18 16";
    String minus =
        "36 38 35 37 31 28 27 31 38 34 32 33 32 38 39 36 34 41 45 42 43 41 39 38 36 39 44";
    same(WORKSHEET, "plus_di(14)", 0, plus, 1.5);
    same(WORKSHEET, "minus_di(14)", 0, minus, 1.5);
    same(WORKSHEET, "adx(14)", 1, plus, 1.5);
    same(WORKSHEET, "adx(14)", 0, "17 18 18 20 22 22 23 23 24 25 25 26 27", 1.5);
  }
}
