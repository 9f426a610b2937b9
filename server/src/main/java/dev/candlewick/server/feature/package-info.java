/**
 * What the server computes from candles and keeps as records: of plans the features of each trading
 * day ({@code daily_features}), of feature sets a row per closed candle.
 *
 * <p>Read {@link Features} (the loop: one instance at a time does the work), {@link
 * FeatureRepository} (what changed, how far it is, the rows), then {@link PlanWork} with {@link
 * Plan}, {@link PlanDay} and {@link DayFeatures}, or {@link SetWork} with {@link FeatureSet}.
 * {@link Declarations} reads what {@link FeatureHandler} is sent.
 *
 * <p>The journal of commits tells which candles changed, the roll-up's included; candles are read
 * as {@code GET /v1/candles} reads them. Both are what makes candles right, and so are these rows.
 */
@NullMarked
package dev.candlewick.server.feature;

import org.jspecify.annotations.NullMarked;
