package dev.candlewick.server.feature;

import dev.candlewick.indicator.Indicators;
import dev.candlewick.record.Timeframe;
import java.util.List;

/**
 * Indicators for each closed candle of some instruments, stored as a kind of record with the set's
 * name.
 *
 * @param version part of each row; rows of other versions stay
 * @param retention of the kind, as declared
 */
record FeatureSet(
    String name,
    String version,
    Timeframe timeframe,
    List<InstrumentPattern> instruments,
    Indicators features,
    String retention) {
  /** The columns of the features, in the order of their values. */
  List<String> columns() {
    return features.columns().stream().map(Indicators::plain).toList();
  }
}
