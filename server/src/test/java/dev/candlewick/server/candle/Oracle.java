package dev.candlewick.server.candle;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.RawMarket.Sent;
import dev.candlewick.server.candle.RawMarket.Trade;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the candles of raw rows are, told the slow and plain way in exact decimals. */
final class Oracle {
  private static final int NO_PRICE = 1;
  private static final int NO_VOLUME = 2;

  /** Ids that are numbers first; all others stay in the order in which they were taken. */
  private static final Comparator<Trade> BY_TIME_AND_NUMBER =
      comparingLong(Trade::micros)
          .thenComparing(trade -> !trade.hasNumber())
          .thenComparing(trade -> trade.hasNumber() ? trade.id() : 0L);

  private final RawMarket market;
  private final long now;

  Oracle(RawMarket market, long now) {
    this.market = market;
    this.now = now;
  }

  /** A stretch of time that was traded; null where a number is not known. */
  private record Span(
      long ts,
      BigDecimal open,
      BigDecimal high,
      BigDecimal low,
      BigDecimal close,
      BigDecimal volume,
      @Nullable BigDecimal quoteVolume,
      @Nullable BigDecimal trades,
      @Nullable BigDecimal takerBuyVolume,
      int source) {}

  List<Candle> candles(Timeframe timeframe, Buckets buckets, Source source) {
    boolean minutes = timeframe.months() > 0 || timeframe.seconds() % 60 == 0;
    List<Span> spans = minutes ? minutes(source) : steps(timeframe, source);
    TreeMap<Long, Candle> candles = new TreeMap<>();
    grouped(spans, Span::ts, buckets)
        .forEach((start, inside) -> candles.put(start, candle(merged(start, inside), buckets)));
    if (source != Source.BUILT && buckets instanceof UtcBuckets && timeframe.seconds() != 60) {
      for (Sent sent : sent(timeframe.text())) {
        Candle candle = candle(span(sent), buckets);
        if (sent.closed()) {
          candles.put(sent.ts(), candle);
        } else {
          candles.putIfAbsent(sent.ts(), candle);
        }
      }
    }
    return List.copyOf(candles.values());
  }

  private List<Span> minutes(Source source) {
    Buckets minute = Level.M1.buckets();
    Map<Long, List<Trade>> traded = traded(minute);
    Map<Long, List<Sent>> sent = grouped(sent("1m"), Sent::ts, minute);
    Map<Long, List<Sent>> finer = finer(List.of("5s", "15s"), minute);
    TreeSet<Long> all = new TreeSet<>(traded.keySet());
    all.addAll(sent.keySet());
    all.addAll(finer.keySet());
    List<Span> spans = new ArrayList<>();
    for (long ts : all) {
      List<Sent> own = sent.getOrDefault(ts, List.of());
      Span venues = own.isEmpty() ? null : span(own.get(0));
      Span built = built(ts, traded.getOrDefault(ts, List.of()));
      Span fromFiner = ofFiner(ts, finer.get(ts));
      boolean closed = venues != null && own.get(0).closed();
      Stream.of(closed ? venues : null, built, fromFiner, venues)
          .filter(span -> span != null && takes(source, span))
          .findFirst()
          .ifPresent(spans::add);
    }
    return spans;
  }

  private static boolean takes(Source source, Span span) {
    return switch (source) {
      case AUTO -> true;
      case BUILT -> span.source == Part.BUILT;
      case NATIVE -> span.source != Part.BUILT;
    };
  }

  private List<Span> steps(Timeframe timeframe, Source source) {
    Buckets step = Buckets.utc(timeframe);
    Map<Long, List<Trade>> traded = traded(step);
    List<String> names =
        Stream.of("5s", "15s")
            .filter(n -> timeframe.seconds() % Long.parseLong(n.replace("s", "")) == 0)
            .toList();
    Map<Long, List<Sent>> finer = finer(names, step);
    TreeSet<Long> all = new TreeSet<>(traded.keySet());
    all.addAll(finer.keySet());
    List<Span> spans = new ArrayList<>();
    for (long ts : all) {
      Stream.of(built(ts, traded.getOrDefault(ts, List.of())), ofFiner(ts, finer.get(ts)))
          .filter(span -> span != null && takes(source, span))
          .findFirst()
          .ifPresent(spans::add);
    }
    return spans;
  }

  private Map<Long, List<Trade>> traded(Buckets buckets) {
    return grouped(market.trades(), t -> Math.floorDiv(t.micros(), 1_000_000L), buckets);
  }

  private List<Sent> sent(String timeframe) {
    return market.sent().stream().filter(sent -> sent.timeframe().equals(timeframe)).toList();
  }

  private Map<Long, List<Sent>> finer(List<String> timeframes, Buckets buckets) {
    List<Sent> closed =
        market.sent().stream()
            .filter(sent -> sent.closed() && timeframes.contains(sent.timeframe()))
            .toList();
    return grouped(closed, Sent::ts, buckets);
  }

  private static <T> Map<Long, List<T>> grouped(
      List<T> rows, ToLongFunction<T> time, Buckets buckets) {
    return rows.stream()
        .filter(row -> buckets.holds(time.applyAsLong(row)))
        .filter(row -> time.applyAsLong(row) < buckets.end(buckets.floor(time.applyAsLong(row))))
        .collect(
            groupingBy(
                row -> buckets.floor(time.applyAsLong(row)),
                TreeMap::new,
                java.util.stream.Collectors.toList()));
  }

  private static @Nullable Span built(long ts, List<Trade> trades) {
    List<Trade> priced =
        trades.stream().filter(trade -> trade.counts(NO_PRICE)).sorted(BY_TIME_AND_NUMBER).toList();
    if (priced.isEmpty()) {
      return null;
    }
    List<Trade> sized = trades.stream().filter(trade -> trade.counts(NO_VOLUME)).toList();
    List<BigDecimal> prices = priced.stream().map(Trade::price).toList();
    boolean sides = sized.stream().allMatch(trade -> trade.side() != 0);
    return new Span(
        ts,
        prices.get(0),
        prices.stream().max(Comparator.naturalOrder()).orElseThrow(),
        prices.stream().min(Comparator.naturalOrder()).orElseThrow(),
        prices.get(prices.size() - 1),
        sum(sized, Trade::size),
        sum(sized, trade -> trade.price().multiply(trade.size())),
        BigDecimal.valueOf(trades.size()),
        sides ? sum(sized.stream().filter(t -> t.side() == 1).toList(), Trade::size) : null,
        Part.BUILT);
  }

  private static Span span(Sent sent) {
    return new Span(
        sent.ts(),
        sent.price(),
        sent.high(),
        sent.low(),
        sent.price(),
        sent.volume(),
        sent.quoteVolume(),
        sent.counted() ? BigDecimal.TEN : null,
        null,
        sent.closed() ? Part.CLOSED : Part.FORMING);
  }

  private static @Nullable Span ofFiner(long ts, @Nullable List<Sent> sent) {
    if (sent == null) {
      return null;
    }
    boolean five = sent.stream().anyMatch(candle -> candle.timeframe().equals("5s"));
    List<Span> spans =
        sent.stream()
            .filter(candle -> candle.timeframe().equals(five ? "5s" : "15s"))
            .map(Oracle::span)
            .toList();
    Span merged = merged(ts, spans);
    return new Span(
        ts,
        merged.open,
        merged.high,
        merged.low,
        merged.close,
        merged.volume,
        merged.quoteVolume,
        merged.trades,
        merged.takerBuyVolume,
        Part.FINER);
  }

  private static Span merged(long ts, List<Span> parts) {
    List<Span> spans = parts.stream().sorted(comparingLong(Span::ts)).toList();
    return new Span(
        ts,
        spans.get(0).open,
        spans.stream().map(Span::high).max(Comparator.naturalOrder()).orElseThrow(),
        spans.stream().map(Span::low).min(Comparator.naturalOrder()).orElseThrow(),
        spans.get(spans.size() - 1).close,
        sum(spans, Span::volume),
        known(spans, Span::quoteVolume),
        known(spans, Span::trades),
        known(spans, Span::takerBuyVolume),
        spans.stream().mapToInt(Span::source).reduce(0, (a, b) -> a | b));
  }

  private static <T> BigDecimal sum(List<T> rows, Function<T, BigDecimal> number) {
    return rows.stream().map(number).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static @Nullable BigDecimal known(
      List<Span> spans, Function<Span, @Nullable BigDecimal> number) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Span span : spans) {
      BigDecimal value = number.apply(span);
      if (value == null) {
        return null;
      }
      sum = sum.add(value);
    }
    return sum;
  }

  private Candle candle(Span span, Buckets buckets) {
    boolean closed = buckets.end(span.ts) <= now && (span.source & Part.FORMING) == 0;
    Part part =
        new Part(
            span.ts,
            span.open.doubleValue(),
            span.high.doubleValue(),
            span.low.doubleValue(),
            span.close.doubleValue(),
            span.volume.doubleValue(),
            number(span.quoteVolume),
            span.trades == null ? -1 : span.trades.longValueExact(),
            number(span.takerBuyVolume),
            span.source);
    return Candle.of(part, closed);
  }

  private static double number(@Nullable BigDecimal value) {
    return value == null ? Double.NaN : value.doubleValue();
  }

  static void assertSame(String what, List<Candle> read, List<Candle> expected) {
    assertThat(read.stream().map(Candle::ts).toList())
        .as(what)
        .isEqualTo(expected.stream().map(Candle::ts).toList());
    for (int i = 0; i < read.size(); i++) {
      if (!isSame(read.get(i), expected.get(i))) {
        assertThat(read.get(i)).as(what).isEqualTo(expected.get(i));
      }
    }
  }

  /** All numbers to the last bit, but the sum of prices times sizes, which has too many digits. */
  static boolean isSame(@Nullable Candle read, Candle expected) {
    if (read == null) {
      return false;
    }
    double quoteVolume = expected.quoteVolume();
    double error = Math.abs(read.quoteVolume() - quoteVolume);
    boolean close =
        Double.isNaN(quoteVolume)
            ? Double.isNaN(read.quoteVolume())
            : error <= Math.abs(quoteVolume) * 1e-14;
    return close && withoutQuoteVolume(read).equals(withoutQuoteVolume(expected));
  }

  private static Candle withoutQuoteVolume(Candle c) {
    return new Candle(
        c.ts(),
        c.open(),
        c.high(),
        c.low(),
        c.close(),
        c.volume(),
        0,
        c.trades(),
        c.takerBuyVolume(),
        c.closed(),
        c.origin(),
        c.filled());
  }
}
