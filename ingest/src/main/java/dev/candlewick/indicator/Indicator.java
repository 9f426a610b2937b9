package dev.candlewick.indicator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One indicator with its arguments.
 *
 * @param text as it was requested, without spaces
 * @param columns the names of its values
 */
record Indicator(String text, List<String> columns, Formula formula) {
  private static final Pattern FORM = Pattern.compile("([a-z_]+)(?:\\(([^()]*)\\))?");
  private static final int MOST_CHARS = 64;

  /** Parses a text; throws {@link IndicatorException} if it is not an indicator. */
  static Indicator parse(String asked) {
    String text = asked.replace(" ", "");
    if (text.length() > MOST_CHARS) {
      throw new IndicatorException(
          "\"" + text.substring(0, MOST_CHARS) + "...\" is too long for an indicator");
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IndicatorException(
          "\"" + text + "\" is not written like rsi(14), ema(20,high) or obv");
    }
    Definition definition = Catalogue.find(form.group(1));
    if (definition == null) {
      throw new IndicatorException(
          "unknown indicator \""
              + form.group(1)
              + "\"; available: "
              + String.join(", ", Catalogue.usages()));
    }
    String words = form.group(2);
    boolean none = words == null || words.isEmpty();
    List<String> given = none ? List.of() : Arrays.asList(words.split(",", -1));
    List<String> columns = new ArrayList<>(List.of(text));
    definition.outputs().forEach(output -> columns.add(text + "." + output));
    return new Indicator(
        text, List.copyOf(columns), definition.formula().apply(definition.arguments(given)));
  }
}
