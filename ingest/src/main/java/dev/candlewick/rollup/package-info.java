/**
 * Keeps the stored candles right: what the write path marked dirty is rolled up again, and data
 * past its retention is dropped, in this order.
 *
 * <p>Read {@link dev.candlewick.rollup.RollUp} (the loop; one instance at a time does the work),
 * then {@code DirtyMinutes} (what to do, with the {@link dev.candlewick.record.PartialCandle} of
 * each batch; late data is in {@code DayMarks}), {@code MinuteRollUp} (those, or trades, to
 * candles_1m), {@code LevelRollUp} (Apache edition: the longer timeframes), {@code LevelRefresh}
 * (Community edition: the same with continuous aggregates; {@code OldLevels} where those may not be
 * refreshed any more), {@code RetentionJob}.
 */
@org.jspecify.annotations.NullMarked
package dev.candlewick.rollup;
