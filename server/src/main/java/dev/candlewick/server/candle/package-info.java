/**
 * {@code GET /v1/candles}: a question into pages of candles. Times are whole seconds since the
 * epoch, for every candle begins on one; what is unknown is NaN, a count -1.
 *
 * <p>Read {@link CandleHandler}; {@link CandleQuery} (with {@link Slice}, {@link Position}) parses;
 * {@link Candles} finds, page by page in {@link CandleScan}, which takes {@link Parts} out of
 * {@link CandleRepository} ({@link CandleSql}, {@link Series}, {@link Level}), makes them candles
 * in {@link CandleFold} ({@link Bucket}, {@link ExactSum}) and collects those in {@link Answer};
 * {@link CandleText} and {@link CandleJson} write. Where a bucket begins and ends is told by {@link
 * Buckets}: {@link UtcBuckets}, {@link OffsetBuckets}, {@link ZoneBuckets}, {@link
 * TradingHoursBuckets}.
 *
 * <p>Pages that are asked for again come from memory: {@link CandleMemory}, {@link CandleRecall},
 * {@link KeptCandles}, {@link CandleRows}.
 *
 * <p>Other packages ask {@link Candles} with a {@link Wanted}.
 */
@NullMarked
package dev.candlewick.server.candle;

import org.jspecify.annotations.NullMarked;
