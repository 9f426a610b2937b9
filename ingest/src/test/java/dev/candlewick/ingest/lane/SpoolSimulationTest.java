package dev.candlewick.ingest.lane;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Experiments 24 and 25: {@link Simulation} after thousands of seeds. One alone: {@code
 * -Dcandlewick.simulation.seed=...}; more of them: {@code -Dcandlewick.simulation.seeds=...}.
 */
class SpoolSimulationTest {
  private static final long SEEDS = 5_000;

  @Test
  void whateverFailsAllThatWasToldIsStoredOnce() {
    Long one = Long.getLong("candlewick.simulation.seed");
    long first = one == null ? System.nanoTime() : one;
    long count = one == null ? Long.getLong("candlewick.simulation.seeds", SEEDS) : 1;
    LongStream.range(first, first + count).forEach(SpoolSimulationTest::simulate);
  }

  private static void simulate(long seed) {
    try {
      Simulation simulation = new Simulation(seed);
      simulation.run();
      simulation.settle();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("fails with -Dcandlewick.simulation.seed=" + seed, e);
    }
  }
}
