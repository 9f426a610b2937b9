/**
 * What the server computes from candles and keeps as records: for plans the features of each
 * trading day ({@code daily_features}), for feature sets a row per closed candle.
 *
 * <p>Read {@link Features} (the loop: one instance at a time does the work), {@link
 * FeatureRepository} (what changed, the progress, the rows), then {@link PlanWork} with {@link
 * Plan}, {@link PlanDay} and {@link DayFeatures}, or {@link SetWork} with {@link FeatureSet}.
 * {@link Declarations} parses what {@link FeatureHandler} receives.
 *
 * <p>The journal of commits says which candles changed, including through the roll-up; candles are
 * read as {@code GET /v1/candles} reads them. Both keep candles right, and so keep these rows
 * right.
 */
@NullMarked
package dev.candlewick.server.feature;

import org.jspecify.annotations.NullMarked;
