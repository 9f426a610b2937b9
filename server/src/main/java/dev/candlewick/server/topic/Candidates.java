package dev.candlewick.server.topic;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.CandleJson;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the candles that are due, and determines which of them need to be published. */
final class Candidates {
  private static final long MICROS = 1_000_000;

  /** Most buckets in one read. */
  private static final long STRETCH = 1_000;

  private static final int READS_AT_A_TIME = 4;

  private final Candles candles;

  /** The candles must come from the primary. */
  Candidates(Candles candles) {
    this.candles = candles;
  }

  /** The result for each, those of one series in order of time. */
  Future<List<Told>> read(List<Due> due) {
    Map<Due.Series, List<List<Due>>> stretches = new LinkedHashMap<>();
    for (Due one : due) {
      List<List<Due>> ofSeries =
          stretches.computeIfAbsent(one.series(), series -> new ArrayList<>());
      List<Due> last = ofSeries.isEmpty() ? List.of() : ofSeries.get(ofSeries.size() - 1);
      long seconds = STRETCH * one.series().timeframe();
      if (last.isEmpty() || one.ts() - last.get(0).ts() >= seconds) {
        ofSeries.add(new ArrayList<>(List.of(one)));
      } else {
        last.add(one);
      }
    }
    List<List<Due>> all = stretches.values().stream().flatMap(List::stream).toList();
    return read(all, 0, new ArrayList<>());
  }

  private Future<List<Told>> read(List<List<Due>> stretches, int first, List<Told> found) {
    if (first >= stretches.size()) {
      return Future.succeededFuture(found);
    }
    int end = Math.min(first + READS_AT_A_TIME, stretches.size());
    List<Future<List<Told>>> reads =
        stretches.subList(first, end).stream().map(this::stretch).toList();
    return Future.all(reads)
        .compose(
            done -> {
              reads.forEach(read -> found.addAll(read.result()));
              return read(stretches, end, found);
            });
  }

  private Future<List<Told>> stretch(List<Due> due) {
    Due.Series series = due.get(0).series();
    Timeframe timeframe = Timeframe.ofSeconds(series.timeframe());
    long end = timeframe.end(due.get(due.size() - 1).ts());
    Range range = new Range(due.get(0).ts() * MICROS, end * MICROS);
    return candles
        .find(series.instrument(), Wanted.of(timeframe, range, (int) STRETCH))
        .map(
            rows -> {
              Map<Long, Candle> byTs = new HashMap<>();
              rows.forEach(row -> byTs.put(row.ts(), row));
              return due.stream().map(one -> told(one, timeframe, byTs)).toList();
            });
  }

  /**
   * A candle whose trades were all cancelled is published in the form that live subscribers get.
   */
  private static Told told(Due due, Timeframe timeframe, Map<Long, Candle> rows) {
    Candle candle = rows.get(due.ts());
    if (candle == null) {
      if (due.digest() == null) {
        return Told.nothing(due);
      }
      candle = Candle.empty(due.ts(), true);
    }
    if (!candle.closed()) {
      return Told.nothing(due);
    }
    byte[] value = value(due.series(), timeframe, candle);
    long digest = digest(value);
    Long before = due.digest();
    return before != null && before == digest ? Told.nothing(due) : new Told(due, value, digest);
  }

  private static byte[] value(Due.Series series, Timeframe timeframe, Candle candle) {
    return Json.buffer(
            512,
            json -> {
              json.writeStartObject();
              json.writeStringField("venue", series.venue());
              json.writeStringField("symbol", series.symbol());
              json.writeStringField("timeframe", timeframe.text());
              CandleJson.writeFields(json, candle, Times.MS);
              json.writeEndObject();
            })
        .getBytes();
  }

  private static long digest(byte[] value) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(value)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
