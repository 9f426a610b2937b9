package dev.candlewick.server.feature;

import dev.candlewick.indicator.Indicators;
import dev.candlewick.record.Timeframe;
import java.util.List;

/**
 * Indicators of each closed candle of some instruments, kept as a kind of record of the set's name.
 *
 * @param version told in each row; rows of another version stay
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
