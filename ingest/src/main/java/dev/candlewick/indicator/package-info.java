/**
 * Indicators, computed from candles one step at a time. Pure computation without input or output,
 * so that the read path and the write path can share it.
 *
 * <p>Read {@link Indicators} (a parsed list of them), {@link Run} (over a series, and where it
 * starts), {@link Indicator}, {@link Catalogue} (their names and arguments), then the formulas:
 * {@code Averages}, {@code Oscillators}, {@code Volumes}, {@code Bands}, {@code Trends}, {@code
 * Statistics}, which are built from {@link Line}s and {@link Window}s.
 *
 * <p>A formula is immutable; its state is an array of numbers passed to it. So a state can be kept,
 * copied and discarded like any array: the forming candle is a step on a copy. NaN means "no value
 * yet".
 */
@NullMarked
package dev.candlewick.indicator;

import org.jspecify.annotations.NullMarked;
