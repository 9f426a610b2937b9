package dev.candlewick.indicator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Indicators that are computed together. */
public final class Indicators {
  /** The most there may be. */
  public static final int MOST = 50;

  /**
   * The most candles that one value may look back on: what {@code obv} and {@code ad} start with.
   */
  public static final int MOST_BEFORE = 200_000;

  private final List<Indicator> all;
  private final List<String> columns;

  private Indicators(List<Indicator> all) {
    this.all = List.copyOf(all);
    this.columns = all.stream().flatMap(one -> one.columns().stream()).toList();
  }

  /**
   * Parses a list such as {@code rsi(14),ema(20,high),obv}; throws {@link IndicatorException}
   * naming what is wrong.
   */
  public static Indicators parse(String list) {
    return parse(split(list), MOST);
  }

  /** The same for separate texts, with a limit on their number. */
  public static Indicators parse(List<String> texts, int most) {
    if (texts.size() > most) {
      throw new IndicatorException("at most " + most + " indicators at a time");
    }
    List<Indicator> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String text : texts) {
      Indicator indicator = Indicator.parse(text);
      if (!seen.add(indicator.text())) {
        throw new IndicatorException(indicator.text() + " is given more than once");
      }
      all.add(indicator);
    }
    return new Indicators(all);
  }

  /** Splits at commas that are not inside parentheses. */
  private static List<String> split(String list) {
    List<String> texts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        texts.add(list.substring(start, i));
        start = i + 1;
      }
    }
    texts.add(list.substring(start));
    return texts;
  }

  /** As they were requested. */
  public List<String> texts() {
    return all.stream().map(Indicator::text).toList();
  }

  /** The names of the values, in the order of {@link Run#next}. */
  public List<String> columns() {
    return columns;
  }

  /** The values of a candle that has none. */
  public double[] none() {
    double[] none = new double[columns.size()];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  /**
   * How many candles are needed before the first one whose values are wanted, or all that are
   * stored if there are fewer; {@link #MOST_BEFORE} plus one if all are needed.
   */
  public int before(Blocks blocks) {
    int before = 0;
    for (Indicator one : all) {
      before = Math.max(before, blocks.before(one.formula()));
    }
    return before;
  }

  /**
   * Approximately how many numbers are read to compute so many consecutive candles and those before
   * them.
   */
  public long work(int before, int candles, Blocks blocks) {
    long work = 0;
    for (Indicator one : all) {
      Formula formula = one.formula();
      long first = Math.min(before, blocks.before(formula));
      long again = candles / blocks.length(formula);
      work += formula.cost() * (first + candles + again * formula.warm());
    }
    return work;
  }

  /** To compute them over a series. */
  public Run run(Blocks blocks) {
    return new Run(all, blocks);
  }

  /**
   * A column name for places that allow only letters, digits and {@code _}: {@code
   * bbands_20_2_upper}.
   */
  public static String plain(String column) {
    return column.replaceAll("[^a-z0-9]+", "_").replaceAll("_$", "");
  }
}
