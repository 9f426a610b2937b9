package dev.candlewick.server.performance;

import dev.candlewick.server.performance.ClosedTrade.Subject;
import dev.candlewick.server.web.Times;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What trades are grouped by; days, weeks and months are those of their exits in UTC. */
enum Grouping {
  DAY(trade -> date(trade.exit()).toString()),
  /** By its Monday. */
  WEEK(
      trade ->
          date(trade.exit()).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).toString()),
  MONTH(trade -> date(trade.exit()).toString().substring(0, 7)),
  BOT(trade -> trade.subject().bot()),
  STRATEGY(trade -> trade.subject().strategy()),
  /** An instrument: the same symbol at two venues counts as two. */
  SYMBOL(
      trade -> {
        Subject subject = trade.subject();
        return subject.symbol() == null ? null : subject.symbol() + "\n" + subject.venue();
      }),
  REGIME(trade -> trade.subject().regime());

  private final Function<ClosedTrade, @Nullable String> value;

  Grouping(Function<ClosedTrade, @Nullable String> value) {
    this.value = value;
  }

  /** Its name in the parameter {@code by}. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Trades of one group, in the order of their exits. */
  record Group(@Nullable String value, List<ClosedTrade> trades) {}

  /** The groups in order of their values; trades without one come last. */
  List<Group> divide(List<ClosedTrade> trades) {
    Map<String, List<ClosedTrade>> named = new TreeMap<>();
    List<ClosedTrade> others = new ArrayList<>();
    for (ClosedTrade trade : trades) {
      String its = value.apply(trade);
      (its == null ? others : named.computeIfAbsent(its, first -> new ArrayList<>())).add(trade);
    }
    List<Group> groups = new ArrayList<>();
    named.forEach((its, all) -> groups.add(new Group(its, all)));
    if (!others.isEmpty()) {
      groups.add(new Group(null, others));
    }
    return groups;
  }

  /** The day of a time in microseconds, UTC. */
  static LocalDate date(long micros) {
    return LocalDate.ofInstant(Times.instant(micros), ZoneOffset.UTC);
  }
}
