package dev.candlewick.server.indicator;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.indicator.Run;
import dev.candlewick.net.Problem;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.CandlePage;
import dev.candlewick.server.candle.Candles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Finds candles and computes indicators over them. */
final class IndicatorPages {
  /** Numbers read for one answer: about half a second. */
  private static final long MOST_WORK = 200_000_000;

  /** More than this would hold up the event loop's other requests. */
  private static final long WORK_IN_PLACE = 4_000_000;

  private final Candles candles;

  IndicatorPages(Candles candles) {
    this.candles = candles;
  }

  /** The rows of a page of candles, in its order. */
  record Page(CandlePage candles, List<IndicatorRow> rows) {}

  /** One page; fails with 404 if there is no such instrument. */
  Future<Page> page(IndicatorQuery query, Vertx vertx) {
    return candles
        .page(query.candles())
        .compose(
            page ->
                page.candles().isEmpty()
                    ? Future.succeededFuture(new Page(page, List.of()))
                    : candles
                        .days(query.candles())
                        .compose(days -> compute(query, query.blocks(days), page, vertx)));
  }

  private Future<Page> compute(IndicatorQuery query, Blocks blocks, CandlePage page, Vertx vertx) {
    List<Candle> asked = new ArrayList<>(page.candles());
    boolean descending = asked.get(0).ts() > asked.get(asked.size() - 1).ts();
    if (descending) {
      Collections.reverse(asked);
    }
    int wanted = query.indicators().before(blocks);
    refuseMuch(query.indicators(), blocks, wanted, asked.size());
    return candles
        .before(query.candles(), asked.get(0).ts(), wanted)
        .compose(
            before -> {
              refuseLong(before);
              long work = query.indicators().work(before.size(), asked.size(), blocks);
              return work > WORK_IN_PLACE
                  ? vertx.executeBlocking(() -> rows(query, blocks, before, asked), false)
                  : Future.succeededFuture(rows(query, blocks, before, asked));
            })
        .map(
            rows -> {
              if (descending) {
                Collections.reverse(rows);
              }
              return new Page(page, rows);
            });
  }

  private static void refuseMuch(Indicators indicators, Blocks blocks, int before, int candles) {
    if (indicators.work(before, candles, blocks) > MOST_WORK) {
      throw Problem.badParameter(
          "indicators",
          "too much to compute at once; ask for fewer, shorter ones, or a lower limit");
    }
  }

  private static void refuseLong(List<Candle> before) {
    if (before.size() > Indicators.MOST_BEFORE) {
      throw Problem.badParameter(
          "indicators",
          "obv and ad add up all candles held, which may be "
              + Indicators.MOST_BEFORE
              + " before the first one asked for; ask for a longer timeframe");
    }
  }

  private static List<IndicatorRow> rows(
      IndicatorQuery query, Blocks blocks, List<Candle> before, List<Candle> asked) {
    List<Candle> all = new ArrayList<>(before);
    all.addAll(asked);
    Run run = query.indicators().run(blocks);
    List<IndicatorRow> rows = new ArrayList<>(asked.size());
    for (int i = before.size(); i < all.size(); i++) {
      rows.add(IndicatorRow.of(all.get(i), run.next(all, i)));
    }
    return rows;
  }
}
