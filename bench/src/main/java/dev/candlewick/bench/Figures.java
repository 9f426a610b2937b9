package dev.candlewick.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measurements, run by run, and how they are shown: a table to read, JSON to keep. */
final class Figures {
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private boolean warmingUp;

  /** One line: the values of all runs, and the line each is compared with, run by run. */
  private record Figure(String name, String unit, @Nullable String against, List<Double> runs) {}

  /** Nothing is kept while the code warms up. */
  void warmingUp(boolean warmingUp) {
    this.warmingUp = warmingUp;
  }

  /** Adds the value of one run. */
  void add(String name, String unit, @Nullable String against, double value) {
    if (warmingUp) {
      return;
    }
    figures
        .computeIfAbsent(name, key -> new Figure(key, unit, against, new ArrayList<>()))
        .runs
        .add(value);
  }

  /** The value below which {@code share} of the values are. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  /** The median of a line's ratios to what it is compared with; NaN if there is no such line. */
  double ratio(String name) {
    Figure figure = figures.get(name);
    return figure == null ? Double.NaN : ratio(figure);
  }

  private double ratio(Figure figure) {
    Figure other = figure.against == null ? null : figures.get(figure.against);
    if (other == null) {
      return Double.NaN;
    }
    double[] ratios = new double[Math.min(figure.runs.size(), other.runs.size())];
    Arrays.setAll(ratios, i -> figure.runs.get(i) / other.runs.get(i));
    return quantile(ratios, 0.5);
  }

  /** One line each: median, minimum, maximum, ratio. */
  String table() {
    StringBuilder table = new StringBuilder();
    line(table, "", "median", "least", "most", "unit", "ratio");
    for (Figure figure : figures.values()) {
      double[] runs = values(figure);
      double ratio = ratio(figure);
      line(
          table,
          figure.name,
          number(quantile(runs, 0.5)),
          number(quantile(runs, 0)),
          number(quantile(runs, 1)),
          figure.unit,
          Double.isNaN(ratio) ? "" : "%.2f".formatted(ratio));
    }
    return table.toString();
  }

  private static void line(StringBuilder table, String... cells) {
    String line = String.format(Locale.ROOT, "%-52s %12s %12s %12s  %-12s %s", (Object[]) cells);
    table.append(line.stripTrailing()).append('\n');
  }

  private static double[] values(Figure figure) {
    return figure.runs.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
  }

  JsonArray json() {
    JsonArray lines = new JsonArray();
    for (Figure figure : figures.values()) {
      JsonObject line =
          new JsonObject()
              .put("name", figure.name)
              .put("unit", figure.unit)
              .put("median", quantile(values(figure), 0.5))
              .put("runs", new JsonArray(figure.runs));
      if (figure.against != null) {
        line.put("against", figure.against).put("ratio", ratio(figure));
      }
      lines.add(line);
    }
    return lines;
  }
}
