/**
 * Indicators: what is computed from candles, one step per candle. Pure computation: no input or
 * output, so that the read way and the write way share it.
 *
 * <p>Read {@link Indicators} (a list of them, parsed), {@link Run} (over a series, and where it
 * begins), {@link Indicator}, {@link Catalogue} (their names and arguments), then the formulas:
 * {@code Averages}, {@code Oscillators}, {@code Volumes}, {@code Bands}, {@code Trends}, {@code
 * Statistics}, which are made of {@link Line}s and {@link Window}s.
 *
 * <p>A formula is immutable; its state is an array of numbers that it is given. So a state is kept,
 * copied and thrown away like any array: the forming candle is a step on a copy. NaN stands for "no
 * value yet".
 */
@NullMarked
package dev.candlewick.indicator;

import org.jspecify.annotations.NullMarked;
