/**
 * {@code GET /v1/candles}: turns a query into pages of candles. Times are whole seconds since the
 * epoch, because every candle starts on one; unknown values are NaN, an unknown count is -1.
 *
 * <p>Read {@link CandleHandler}; {@link CandleQuery} (with {@link Slice}, {@link Position}) parses;
 * {@link Candles} answers, page by page in {@link CandleScan}, which gets {@link Parts} from {@link
 * CandleRepository} ({@link CandleSql}, {@link Series}, {@link Level}), folds them into candles in
 * {@link CandleFold} ({@link Bucket}, {@link ExactSum}) and collects those in {@link Answer};
 * {@link CandleText} and {@link CandleJson} write. {@link Buckets} decides where a bucket starts
 * and ends: {@link UtcBuckets}, {@link OffsetBuckets}, {@link ZoneBuckets}, {@link
 * TradingHoursBuckets}.
 *
 * <p>Pages that are asked for again come from memory: {@link CandleMemory}, {@link CandleRecall},
 * {@link KeptCandles}, {@link CandleRows}. So do pages of what is computed {@link PerCandle}, of
 * which any change of a candle affects every later row, and the {@link CandleHistory} that they are
 * computed from.
 *
 * <p>Other packages query {@link Candles} with a {@link Wanted}.
 */
@NullMarked
package dev.candlewick.server.candle;

import org.jspecify.annotations.NullMarked;
