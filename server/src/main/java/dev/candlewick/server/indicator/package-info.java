/**
 * {@code GET /v1/indicators}: what {@link dev.candlewick.indicator} computes from the candles that
 * {@code GET /v1/candles} returns.
 *
 * <p>Read {@link IndicatorHandler}; {@link IndicatorQuery} parses; {@link IndicatorPages} reads the
 * page of candles and those before it, and computes; {@link IndicatorText} writes {@link
 * IndicatorRow}s.
 */
@NullMarked
package dev.candlewick.server.indicator;

import org.jspecify.annotations.NullMarked;
