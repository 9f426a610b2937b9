package dev.candlewick.server;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Three scrapes of a server, one before a fault and two during it, as the case of a rule test in
 * which the fault lasts on: what counted between the two goes on counting, what stood still stays.
 */
final class RecordedFault {
  private static final int STEP = 15;

  /** Room before the first scrape: what it tells of earlier times must not come before 0. */
  private static final int STEPS_BEFORE = 40;

  private static final int STEPS_AFTER = 60;

  private final Scrape before;
  private final Scrape first;
  private final Scrape second;

  RecordedFault(Scrape before, Scrape first, Scrape second) {
    this.before = before;
    this.first = first;
    this.second = second;
  }

  /** What a server showed at a time, in epoch seconds. */
  record Scrape(double at, String text) {
    static Scrape of(ServerProcess server) {
      return new Scrape(System.currentTimeMillis() / 1e3, server.get("/metrics").body());
    }

    /** The value of a series; 0 if there is none. */
    double value(String series) {
      return samples().getOrDefault(series, 0.0);
    }

    private Map<String, Double> samples() {
      Map<String, Double> samples = new TreeMap<>();
      text.lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(
              line -> {
                int space = line.lastIndexOf(' ');
                samples.put(line.substring(0, space), Double.parseDouble(line.substring(space)));
              });
      return samples;
    }

    private boolean isCounted(String name) {
      String family = name.replaceFirst("_(bucket|count|sum)$", "");
      return text.contains("# TYPE " + name + " counter\n")
          || text.contains("# TYPE " + family + " histogram\n")
          || text.contains("# TYPE " + family + " summary\n");
    }
  }

  /** A file for {@code promtool test rules}: exactly these alerts fire a quarter of an hour on. */
  String ruleTest(String rules, List<String> alerts) {
    JsonArray firing = new JsonArray();
    for (String alert : alerts) {
      firing.add(new JsonObject().put("labels", "{alertname=\"" + alert + "\"}").put("value", 1));
    }
    JsonObject asked =
        new JsonObject()
            .put("expr", "count(ALERTS{alertstate=\"firing\"}) by (alertname)")
            .put("eval_time", (STEPS_BEFORE + STEPS_AFTER) * STEP + "s")
            .put("exp_samples", firing);
    JsonObject test =
        new JsonObject()
            .put("interval", STEP + "s")
            .put("input_series", series())
            .put("promql_expr_test", new JsonArray().add(asked));
    return new JsonObject()
        .put("rule_files", new JsonArray().add(rules))
        .put("evaluation_interval", STEP + "s")
        .put("tests", new JsonArray().add(test))
        .encodePrettily();
  }

  private JsonArray series() {
    JsonArray all = new JsonArray();
    all.add(series("up", 1, 1, 1, 0));
    Map<String, Double> then = before.samples();
    Map<String, Double> now = first.samples();
    second
        .samples()
        .forEach(
            (series, last) -> {
              double middle = now.getOrDefault(series, last);
              double start = then.getOrDefault(series, middle);
              String name = series.replaceFirst("\\{.*", "");
              if (Double.isNaN(last + middle + start)) {
                return;
              }
              if (name.endsWith("_time_seconds") || name.endsWith("_timestamp_seconds")) {
                // A time that has moved at all goes on with the clock.
                double more = last > middle ? STEP : 0;
                all.add(series(series, told(start), told(middle), told(last), more));
              } else {
                double more = second.isCounted(name) ? last - middle : 0;
                all.add(series(series, start, middle, last, more));
              }
            });
    return all;
  }

  /** A time of the server's as one of the test's: two scrapes are one step apart there. */
  private double told(double time) {
    double pace = STEP / (second.at - first.at);
    return time == 0 ? 0 : (STEPS_BEFORE + 1) * STEP + (time - first.at) * pace;
  }

  private static JsonObject series(
      String series, double start, double middle, double last, double more) {
    String labels = series.contains("{") ? series.replaceFirst(".*\\{(.*)}", "$1,") : "";
    String name = series.replaceFirst("\\{.*", "");
    String sign = more < 0 ? "-" : "+";
    return new JsonObject()
        .put("series", name + "{" + labels + "job=\"candlewick\",instance=\"a\"}")
        .put(
            "values",
            "_x%d %s %s %s%s%sx%d"
                .formatted(
                    STEPS_BEFORE,
                    number(start),
                    number(middle),
                    number(last),
                    sign,
                    number(Math.abs(more)),
                    STEPS_AFTER));
  }

  private static String number(double value) {
    return new BigDecimal(value, MathContext.DECIMAL64).toPlainString();
  }
}
