package dev.candlewick.server.udf;

import dev.candlewick.record.Timeframe;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words for a bar's length: {@code 1S}, {@code 15} (minutes), {@code 1D}, {@code W}. */
final class Resolution {
  private static final Pattern FORM = Pattern.compile("([0-9]{0,5})([SDWM]?)");

  static final List<String> SECONDS = List.of("1", "5", "15", "30");
  static final List<String> MINUTES =
      List.of("1", "3", "5", "15", "30", "60", "120", "240", "360", "480", "720");
  static final List<String> ALL =
      List.of(
          "1S", "5S", "15S", "30S", "1", "3", "5", "15", "30", "60", "120", "240", "360", "480",
          "720", "1D", "1W", "1M");

  private Resolution() {}

  /** The timeframe for this word; a letter alone means one of it. */
  static Timeframe timeframe(String word) {
    Matcher form = FORM.matcher(word);
    if (word.isEmpty() || !form.matches()) {
      throw refused();
    }
    String number = form.group(1).isEmpty() ? "1" : form.group(1);
    String unit =
        switch (form.group(2)) {
          case "S" -> "s";
          case "D" -> "d";
          case "W" -> "w";
          case "M" -> "M";
          default -> "m";
        };
    return Timeframe.parse(number + unit).orElseThrow(Resolution::refused);
  }

  private static UdfException refused() {
    return UdfException.bad("resolution", "must be like 1S, 5, 1D, 1W or 1M");
  }
}
