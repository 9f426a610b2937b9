package dev.candlewick.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tictactec.ta.lib.Core;
import com.tictactec.ta.lib.MAType;
import com.tictactec.ta.lib.MInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What TA-Lib computes over random candles is what we compute. */
class TaLibTest {
  private static final int COUNT = 1_500;

  private final Core lib = new Core();
  private final MInteger first = new MInteger();
  private final MInteger length = new MInteger();
  private final List<Bar> bars = RandomBars.walk(7, COUNT);
  private final double[] open = RandomBars.column(bars, Price.OPEN);
  private final double[] high = RandomBars.column(bars, Price.HIGH);
  private final double[] low = RandomBars.column(bars, Price.LOW);
  private final double[] close = RandomBars.column(bars, Price.CLOSE);
  private final double[] volume = RandomBars.column(bars, Price.VOLUME);
  private final int end = COUNT - 1;

  private interface Single {
    void into(double[] out);
  }

  private void same(String indicator, Single theirs) {
    double[] out = new double[COUNT];
    theirs.into(out);
    same(indicator, 0, out, true);
  }

  /** Where TA-Lib has a value; and before it we have none if it tells each as soon as it can. */
  private void same(String indicator, int column, double[] out, boolean soonest) {
    double[] ours = RandomBars.compute(bars, indicator)[column];
    assertThat(length.value).as(indicator).isGreaterThan(COUNT / 2);
    for (int i = 0; i < length.value; i++) {
      double value = ours[first.value + i];
      double scale = Math.max(Math.abs(out[i]), 1e-3);
      assertThat(value).as("%s at %d", indicator, i).isCloseTo(out[i], within(1e-9 * scale));
    }
    if (soonest && first.value > 0) {
      assertThat(Arrays.copyOf(ours, first.value)).as(indicator).containsOnly(Double.NaN);
    }
  }

  @Test
  void averages() {
    same("sma(20)", out -> lib.sma(0, end, close, 20, first, length, out));
    same("sma(5,open)", out -> lib.sma(0, end, open, 5, first, length, out));
    same("ema(20)", out -> lib.ema(0, end, close, 20, first, length, out));
    same("wma(20)", out -> lib.wma(0, end, close, 20, first, length, out));
    same("dema(20)", out -> lib.dema(0, end, close, 20, first, length, out));
    same("tema(20)", out -> lib.tema(0, end, close, 20, first, length, out));
    same("trix(15)", out -> lib.trix(0, end, close, 15, first, length, out));
    same("highest(20)", out -> lib.max(0, end, high, 20, first, length, out));
    same("lowest(20,close)", out -> lib.min(0, end, close, 20, first, length, out));
  }

  @Test
  void momentum() {
    same("roc(10)", out -> lib.roc(0, end, close, 10, first, length, out));
    same("mom(10)", out -> lib.mom(0, end, close, 10, first, length, out));
    same("rsi(14)", out -> lib.rsi(0, end, close, 14, first, length, out));
    same("cci(20)", out -> lib.cci(0, end, high, low, close, 20, first, length, out));
    same("willr(14)", out -> lib.willR(0, end, high, low, close, 14, first, length, out));
    double[] k = new double[COUNT];
    double[] d = new double[COUNT];
    lib.stoch(0, end, high, low, close, 14, 3, MAType.Sma, 3, MAType.Sma, first, length, k, d);
    same("stoch(14,3,3)", 0, k, false);
    same("stoch(14,3,3)", 1, d, true);
    lib.stochRsi(0, end, close, 14, 5, 3, MAType.Sma, first, length, k, d);
    same("stochrsi(14,5,1,3)", 0, k, false);
    same("stochrsi(14,5,1,3)", 1, d, true);
  }

  @Test
  void differencesOfAverages() {
    double[] line = new double[COUNT];
    double[] signal = new double[COUNT];
    double[] histogram = new double[COUNT];
    lib.macd(0, end, close, 12, 26, 9, first, length, line, signal, histogram);
    same("macd(12,26,9)", 0, line, false);
    same("macd(12,26,9)", 1, signal, true);
    same("macd(12,26,9)", 2, histogram, true);
    same("ppo(12,26,9)", out -> lib.ppo(0, end, close, 12, 26, MAType.Ema, first, length, out));
  }

  @Test
  void volume() {
    same("mfi(14)", out -> lib.mfi(0, end, high, low, close, volume, 14, first, length, out));
    same("obv", out -> lib.obv(0, end, close, volume, first, length, out));
    same("ad", out -> lib.ad(0, end, high, low, close, volume, first, length, out));
  }

  @Test
  void rangesAndBands() {
    same("tr", out -> lib.trueRange(0, end, high, low, close, first, length, out));
    same("atr(14)", out -> lib.atr(0, end, high, low, close, 14, first, length, out));
    same("natr(14)", out -> lib.natr(0, end, high, low, close, 14, first, length, out));
    same("stddev(20)", out -> lib.stdDev(0, end, close, 20, 1, first, length, out));
    same("var(20)", out -> lib.variance(0, end, close, 20, 1, first, length, out));
    double[] upper = new double[COUNT];
    double[] middle = new double[COUNT];
    double[] lower = new double[COUNT];
    lib.bbands(0, end, close, 20, 2, 2, MAType.Sma, first, length, upper, middle, lower);
    same("bbands(20,2)", 0, middle, true);
    same("bbands(20,2)", 1, upper, true);
    same("bbands(20,2)", 2, lower, true);
  }

  @Test
  void trends() {
    same("plus_di(14)", out -> lib.plusDI(0, end, high, low, close, 14, first, length, out));
    same("minus_di(14)", out -> lib.minusDI(0, end, high, low, close, 14, first, length, out));
    same("adx(14)", out -> lib.adx(0, end, high, low, close, 14, first, length, out));
    same("psar(0.02,0.2)", out -> lib.sar(0, end, high, low, 0.02, 0.2, first, length, out));
    double[] down = new double[COUNT];
    double[] up = new double[COUNT];
    lib.aroon(0, end, high, low, 14, first, length, down, up);
    same("aroon(14)", 1, up, true);
    same("aroon(14)", 2, down, true);
    same("aroon(14)", out -> lib.aroonOsc(0, end, high, low, 14, first, length, out));
  }
}
