package dev.candlewick.server.indicator;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.indicator.Run;
import dev.candlewick.net.Problem;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.CandleHistory;
import dev.candlewick.server.candle.CandlePage;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

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
    return compute(
            query,
            blocks,
            asked,
            wanted -> candles.before(query.candles(), asked.get(0).ts(), wanted),
            vertx)
        .map(
            rows -> {
              if (descending) {
                Collections.reverse(rows);
              }
              return new Page(page, rows);
            });
  }

  /** How the rows of these ascending candles are written. */
  static Future<Json.Row> rows(
      IndicatorQuery query, CandleHistory history, List<Candle> asked, Times unit, Vertx vertx) {
    IndicatorJson written = new IndicatorJson(query.indicators().columns());
    return asked.isEmpty()
        ? Future.succeededFuture((json, i) -> {})
        : compute(
                query,
                query.blocks(history.days()),
                asked,
                wanted -> history.before(asked.get(0).ts(), wanted),
                vertx)
            .map(rows -> (json, i) -> written.write(json, rows.get(i), unit));
  }

  private static Future<List<IndicatorRow>> compute(
      IndicatorQuery query,
      Blocks blocks,
      List<Candle> asked,
      IntFunction<Future<List<Candle>>> history,
      Vertx vertx) {
    int wanted = query.indicators().before(blocks);
    int rows = Math.min(asked.size(), query.candles().limit());
    refuseMuch(query.indicators(), blocks, wanted, rows);
    return history
        .apply(wanted)
        .compose(
            before -> {
              refuseLong(before);
              long work = query.indicators().work(before.size(), asked.size(), blocks);
              return work > WORK_IN_PLACE
                  ? vertx.executeBlocking(() -> rows(query, blocks, before, asked), false)
                  : Future.succeededFuture(rows(query, blocks, before, asked));
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
    boolean closedOnly = query.candles().closedOnly();
    List<Candle> all = new ArrayList<>(before);
    Run run = query.indicators().run(blocks);
    List<IndicatorRow> rows = new ArrayList<>(asked.size());
    for (Candle candle : asked) {
      if (candle.closed() || !closedOnly) {
        all.add(candle);
        rows.add(IndicatorRow.of(candle, run.next(all, all.size() - 1)));
      } else {
        rows.add(IndicatorRow.of(candle, query.indicators().none()));
      }
    }
    return rows;
  }
}
