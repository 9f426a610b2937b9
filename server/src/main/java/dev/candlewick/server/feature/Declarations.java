package dev.candlewick.server.feature;

import dev.candlewick.indicator.IndicatorException;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.net.Problem;
import dev.candlewick.record.Kind;
import dev.candlewick.record.Timeframe;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Plans and feature sets as JSON; 422 {@code bad_declaration} naming the invalid field. */
final class Declarations {
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final Pattern CLOCK = Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])");
  private static final Pattern RETENTION = Pattern.compile("none|[1-9][0-9]{0,3}d");
  private static final int DAY = 1_440;
  private static final int MOST_NAMES = 100;
  private static final int MOST_FEATURES = 380;
  private static final List<String> WEEK = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

  private static final Set<String> PLAN =
      Set.of(
          "timezone",
          "day_start",
          "date",
          "days",
          "instruments",
          "sessions",
          "opening_ranges",
          "travel",
          "daily");

  private static final Set<String> SET =
      Set.of("version", "timeframe", "instruments", "features", "retention");

  private Declarations() {}

  static Plan plan(String name, JsonObject json) {
    only(json, "", PLAN);
    int dayStart = clock(json, "day_start", "00:00");
    String date = text(json, "date", "start");
    require(Set.of("start", "end").contains(date), "date", "must be start or end");
    Plan plan =
        new Plan(
            name,
            zone(json),
            dayStart,
            date.equals("end"),
            days(text(json, "days", "mon-sun")),
            instruments(json),
            spans(json, "sessions", dayStart),
            openingRanges(json, dayStart),
            spans(json, "travel", dayStart),
            indicators(json, "daily", Indicators.MOST));
    checkColumns(plan);
    return plan;
  }

  private static void checkColumns(Plan plan) {
    List<String> names = new ArrayList<>(plan.columns().numbers());
    names.addAll(plan.columns().directions());
    Set<String> seen = new HashSet<>(Set.of("ts", "plan", "venue", "symbol", "date"));
    for (String column : names) {
      require(NAME.matcher(column).matches(), column, "is too long for the name of a column");
      require(seen.add(column), column, "is defined by two names of the plan");
    }
    require(names.size() <= MOST_FEATURES, "plan", "makes more than 380 columns");
  }

  static FeatureSet set(String name, JsonObject json) {
    only(json, "", SET);
    String version = text(json, "version", "1");
    require(
        version.length() <= 64 && !version.isEmpty(), "version", "must have 1 to 64 characters");
    String word = text(json, "timeframe", "");
    Timeframe timeframe =
        Timeframe.parse(word)
            .filter(one -> one.months() > 0 || one.seconds() % 60 == 0)
            .orElseThrow(() -> refused("timeframe", "must be whole minutes or longer: 1m, 1h, 1d"));
    String retention = text(json, "retention", "none");
    require(RETENTION.matcher(retention).matches(), "retention", "must be none or days: 730d");
    Indicators features = indicators(json, "features", MOST_FEATURES);
    require(!features.columns().isEmpty(), "features", "must name at least one");
    require(features.columns().size() <= MOST_FEATURES, "features", "make more than 380 columns");
    FeatureSet set =
        new FeatureSet(name, version, timeframe, instruments(json), features, retention);
    require(
        new HashSet<>(set.columns()).size() == set.columns().size(),
        "features",
        "two of them make the same column");
    for (String column : set.columns()) {
      require(NAME.matcher(column).matches(), column, "is too long for the name of a column");
    }
    return set;
  }

  private static ZoneId zone(JsonObject json) {
    try {
      return ZoneId.of(text(json, "timezone", "UTC"));
    } catch (DateTimeException unknown) {
      throw refused("timezone", "must be an IANA time zone: America/New_York");
    }
  }

  private static Set<DayOfWeek> days(String text) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String part : text.split(",", -1)) {
      String[] ends = part.split("-", -1);
      int first = WEEK.indexOf(ends[0]);
      int last = WEEK.indexOf(ends[ends.length - 1]);
      require(
          first >= 0 && last >= 0 && ends.length <= 2, "days", "must be like mon-fri or sat,sun");
      for (int day = first; ; day = (day + 1) % 7) {
        days.add(DayOfWeek.of(day + 1));
        if (day == last) {
          break;
        }
      }
    }
    return days;
  }

  private static List<InstrumentPattern> instruments(JsonObject json) {
    List<InstrumentPattern> patterns = new ArrayList<>();
    for (JsonObject one : objects(json, "instruments")) {
      only(one, "instruments.", Set.of("venue", "symbol"));
      String venue = text(one, "venue", "");
      String symbol = text(one, "symbol", "*");
      require(!venue.isEmpty(), "instruments.venue", "is required");
      require(venue.length() <= 32, "instruments.venue", "must have 1 to 32 characters");
      require(
          !symbol.isEmpty() && symbol.length() <= 64,
          "instruments.symbol",
          "must have 1 to 64 characters");
      patterns.add(new InstrumentPattern(venue, symbol));
    }
    require(!patterns.isEmpty(), "instruments", "must name at least one");
    return patterns;
  }

  private static List<Plan.Span> spans(JsonObject json, String field, int dayStart) {
    List<Plan.Span> spans = new ArrayList<>();
    for (JsonObject one : objects(json, field)) {
      only(one, field + ".", Set.of("name", "from", "to"));
      int from = after(dayStart, clock(one, field, "from", ""));
      int to = end(dayStart, one, field, "to");
      require(from < to, field, "from and to must lie within one day of the plan, from before to");
      spans.add(new Plan.Span(name(one, field), from, to));
    }
    return spans;
  }

  private static List<Plan.OpeningRange> openingRanges(JsonObject json, int dayStart) {
    String field = "opening_ranges";
    List<Plan.OpeningRange> ranges = new ArrayList<>();
    for (JsonObject one : objects(json, field)) {
      only(one, field + ".", Set.of("name", "at", "minutes", "until"));
      int from = after(dayStart, clock(one, field, "at", ""));
      Object minutes = one.getValue("minutes", 5);
      require(
          minutes instanceof Integer n && n >= 1 && n < DAY,
          field + ".minutes",
          "must be an integer from 1 to 1439");
      int to = from + (Integer) minutes;
      int until = one.containsKey("until") ? end(dayStart, one, field, "until") : DAY;
      require(to <= until, field, "at, minutes and until must lie within one day of the plan");
      ranges.add(new Plan.OpeningRange(name(one, field), from, to, until));
    }
    return ranges;
  }

  private static int after(int dayStart, int clock) {
    return Math.floorMod(clock - dayStart, DAY);
  }

  /** Midnight as an end is 00:00 or 24:00. */
  private static int end(int dayStart, JsonObject one, String of, String field) {
    int clock = text(one, field, "").equals("24:00") ? 0 : clock(one, of, field, "");
    int after = after(dayStart, clock);
    return after == 0 ? DAY : after;
  }

  private static Indicators indicators(JsonObject json, String field, int most) {
    JsonArray list = array(json, field);
    List<String> texts = new ArrayList<>();
    for (Object text : list) {
      require(text instanceof String, field, "must be a list of strings");
      texts.add((String) text);
    }
    try {
      return Indicators.parse(texts, most);
    } catch (IndicatorException e) {
      throw refused(field, String.valueOf(e.getMessage()));
    }
  }

  private static String name(JsonObject json, String field) {
    String name = text(json, "name", "");
    require(NAME.matcher(name).matches(), field + ".name", "must match " + NAME.pattern());
    return name;
  }

  private static int clock(JsonObject json, String field, String usual) {
    return clock(json, "", field, usual);
  }

  private static int clock(JsonObject json, String of, String field, String usual) {
    String text = text(json, field, usual);
    Matcher clock = CLOCK.matcher(text);
    require(
        clock.matches(),
        of.isEmpty() ? field : of + "." + field,
        text.equals("24:00") ? "must be 00:00, 24:00 is only an end" : "must be a time like 09:30");
    return Integer.parseInt(clock.group(1)) * 60 + Integer.parseInt(clock.group(2));
  }

  private static String text(JsonObject json, String field, String usual) {
    Object value = json.getValue(field, usual);
    require(value instanceof String, field, "must be a string");
    String text = (String) value;
    require(Kind.isStorable(text), field, "must not contain a NUL or half a surrogate pair");
    return text;
  }

  private static List<JsonObject> objects(JsonObject json, String field) {
    JsonArray list = array(json, field);
    return IntStream.range(0, list.size())
        .mapToObj(
            i -> {
              require(list.getValue(i) instanceof JsonObject, field, "must be a list of objects");
              return list.getJsonObject(i);
            })
        .toList();
  }

  private static JsonArray array(JsonObject json, String field) {
    Object value = json.getValue(field, new JsonArray());
    require(value instanceof JsonArray, field, "must be a list");
    JsonArray list = (JsonArray) value;
    int most = field.equals("features") ? MOST_FEATURES : MOST_NAMES;
    require(list.size() <= most, field, "must have at most " + most);
    return list;
  }

  private static void only(JsonObject json, String of, Set<String> fields) {
    for (String field : json.fieldNames()) {
      require(fields.contains(field), of + field, "unknown field");
    }
  }

  private static void require(boolean holds, String field, String what) {
    if (!holds) {
      throw refused(field, what);
    }
  }

  private static Problem refused(String field, String what) {
    String name = field.length() <= 64 ? field : field.substring(0, 64) + "...";
    return new Problem(422, "bad_declaration", name + ": " + what);
  }

  /** The name in a path. */
  static String named(String parameter, String text) {
    if (!NAME.matcher(text).matches()) {
      throw Problem.badParameter(parameter, "must match " + NAME.pattern());
    }
    return text;
  }
}
