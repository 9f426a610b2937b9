package dev.candlewick.indicator;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An indicator of the catalogue.
 *
 * @param price the default price; null if it uses several
 * @param outputs the names of its further values; the first value has none
 */
record Definition(
    String name,
    List<Argument> arguments,
    @Nullable Price price,
    List<String> outputs,
    Function<Arguments, Formula> formula) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

  /** A number; an integer if its minimum is one. */
  record Argument(String name, double usual, double least, double most) {
    private boolean isInteger() {
      return least == Math.rint(least);
    }

    private static String plain(double number) {
      return new BigDecimal(String.valueOf(number)).stripTrailingZeros().toPlainString();
    }

    private String range() {
      return isInteger()
          ? "an integer from " + (int) least + " to " + (int) most
          : "a number from " + plain(least) + " to " + plain(most);
    }
  }

  /** Parses these words; anything left out gets its default. */
  Arguments arguments(List<String> words) {
    List<Double> numbers = new ArrayList<>();
    Price chosen = price == null ? Price.CLOSE : price;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean last = i == words.size() - 1;
      if (last && Price.named(word).isPresent()) {
        if (price == null) {
          throw new IndicatorException(name + ": takes no price, but got \"" + word + "\"");
        }
        chosen = Price.named(word).get();
      } else if (i >= arguments.size()) {
        throw new IndicatorException(
            name + ": unexpected argument \"" + word + "\"; usage: " + usage());
      } else {
        numbers.add(number(arguments.get(i), word));
      }
    }
    for (int i = numbers.size(); i < arguments.size(); i++) {
      numbers.add(arguments.get(i).usual());
    }
    return new Arguments(numbers, chosen);
  }

  private double number(Argument argument, String word) {
    double number = NUMBER.matcher(word).matches() ? Double.parseDouble(word) : Double.NaN;
    boolean whole = !argument.isInteger() || number == Math.rint(number);
    if (!whole || !(number >= argument.least() && number <= argument.most())) {
      throw new IndicatorException(
          name + ": " + argument.name() + " must be " + argument.range() + "; usage: " + usage());
    }
    return number;
  }

  /** How it is written, with its default arguments. */
  String usage() {
    List<String> words = new ArrayList<>();
    for (Argument argument : arguments) {
      words.add(Argument.plain(argument.usual()));
    }
    if (price != null) {
      words.add(price.word());
    }
    return words.isEmpty() ? name : name + "(" + String.join(",", words) + ")";
  }
}
