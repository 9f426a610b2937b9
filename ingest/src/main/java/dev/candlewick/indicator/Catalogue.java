package dev.candlewick.indicator;

import dev.candlewick.indicator.Definition.Argument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every indicator, with the arguments customary in the field. */
final class Catalogue {
  /** Limit for window lengths. */
  private static final int LONGEST = 1_000;

  /** Limit for averages that smooth for ever and so look back much further than their length. */
  private static final int LONGEST_SMOOTHED = 500;

  private static final Map<String, Definition> ALL = new LinkedHashMap<>();

  private static final List<String> BANDS = List.of("upper", "lower");
  private static final List<String> SIGNAL = List.of("signal", "histogram");

  static {
    over("sma", Averages::sma, window(20));
    over("ema", Averages::ema, smoothed(20));
    over("wma", Averages::wma, window(20));
    over("hma", Averages::hma, window(9));
    over("dema", Averages::dema, smoothed(20));
    over("tema", Averages::tema, smoothed(20));
    over("rma", Averages::rma, smoothed(14));
    over("vwma", Averages::vwma, window(20));
    add("vwap", Price.HLC3, List.of(), Averages::vwap, new Argument("length", 0, 0, LONGEST));
    over("roc", Statistics::roc, window(10));
    over("mom", Statistics::mom, window(10));
    over("rsi", Oscillators::rsi, smoothed(14));
    of("stoch", List.of("d"), Oscillators::stoch, window(14), window("k", 3), window("d", 3));
    add(
        "stochrsi",
        Price.CLOSE,
        List.of("d"),
        Oscillators::stochrsi,
        smoothed(14),
        window("stochastic", 14),
        window("k", 3),
        window("d", 3));
    add("cci", Price.HLC3, List.of(), Oscillators::cci, window(20));
    of("willr", List.of(), Oscillators::willr, window(14));
    of("mfi", List.of(), Volumes::mfi, window(14));
    over("obv", Volumes::obv);
    of("ad", List.of(), Volumes::ad);
    of("cmf", List.of(), Volumes::cmf, window(20));
    of("adx", List.of("plus_di", "minus_di"), Trends::adx, smoothed(14));
    of("plus_di", List.of(), Trends::plusDi, smoothed(14));
    of("minus_di", List.of(), Trends::minusDi, smoothed(14));
    of("aroon", List.of("up", "down"), Trends::aroon, window(14));
    add("macd", Price.CLOSE, SIGNAL, Oscillators::macd, fast(), slow(), signal());
    add("ppo", Price.CLOSE, SIGNAL, Oscillators::ppo, fast(), slow(), signal());
    over("trix", Averages::trix, smoothed(15));
    add("bbands", Price.CLOSE, BANDS, Bands::bbands, window(20), times(2));
    add(
        "keltner",
        Price.CLOSE,
        BANDS,
        Bands::keltner,
        smoothed(20),
        times(2),
        smoothed("range", 10));
    of("donchian", BANDS, Bands::donchian, window(20));
    of("atr", List.of(), Bands::atr, smoothed(14));
    of("natr", List.of(), Bands::natr, smoothed(14));
    of("tr", List.of(), Bands::tr);
    over("stddev", Statistics::stddev, window(20));
    over("var", Statistics::var, window(20));
    over("zscore", Statistics::zscore, window(20));
    over("return", Statistics::simpleReturn, window(1));
    over("logreturn", Statistics::logReturn, window(1));
    over("volatility", Statistics::volatility, new Argument("length", 20, 2, LONGEST));
    add("highest", Price.HIGH, List.of(), Averages::highest, window(20));
    add("lowest", Price.LOW, List.of(), Averages::lowest, window(20));
    of(
        "psar",
        List.of(),
        Trends::psar,
        new Argument("acceleration", 0.02, 0.0001, 1),
        new Argument("maximum", 0.2, 0.0001, 1));
    of("supertrend", List.of("direction"), Trends::supertrend, smoothed(10), times(3));
    of(
        "ichimoku",
        List.of("kijun", "senkou_a", "senkou_b"),
        Trends::ichimoku,
        window("conversion", 9),
        window("base", 26),
        window("span", 52));
  }

  private Catalogue() {}

  /** The indicator with that name; null if there is none. */
  static @Nullable Definition find(String name) {
    return ALL.get(name);
  }

  static List<String> usages() {
    List<String> usages = new ArrayList<>();
    ALL.values().forEach(definition -> usages.add(definition.usage()));
    return usages;
  }

  private static void add(
      String name,
      @Nullable Price price,
      List<String> outputs,
      Function<Arguments, Formula> formula,
      Argument... arguments) {
    ALL.put(name, new Definition(name, List.of(arguments), price, outputs, formula));
  }

  /** Computed from several prices of a candle. */
  private static void of(
      String name,
      List<String> outputs,
      Function<Arguments, Formula> formula,
      Argument... arguments) {
    add(name, null, outputs, formula, arguments);
  }

  /** Computed from one price, the close unless another is named. */
  private static void over(
      String name, Function<Arguments, Formula> formula, Argument... arguments) {
    add(name, Price.CLOSE, List.of(), formula, arguments);
  }

  private static Argument window(int usual) {
    return window("length", usual);
  }

  private static Argument window(String name, int usual) {
    return new Argument(name, usual, 1, LONGEST);
  }

  private static Argument smoothed(int usual) {
    return smoothed("length", usual);
  }

  private static Argument smoothed(String name, int usual) {
    return new Argument(name, usual, 1, LONGEST_SMOOTHED);
  }

  private static Argument fast() {
    return smoothed("fast", 12);
  }

  private static Argument slow() {
    return smoothed("slow", 26);
  }

  private static Argument signal() {
    return smoothed("signal", 9);
  }

  private static Argument times(double usual) {
    return new Argument("multiplier", usual, 0.01, 100);
  }
}
