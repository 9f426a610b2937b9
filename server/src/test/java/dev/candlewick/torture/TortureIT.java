package dev.candlewick.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.candlewick.server.OwnCluster;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Each fault once; {@code mvn -Ptorture verify -Dtorture.minutes=30} goes on for longer. */
class TortureIT {
  @Test
  void nothingAckedIsLostNothingDoubledWhateverFails(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
    Plan plan = Plan.fromProperties();
    Optional<OwnCluster> cluster = OwnCluster.start("torture");
    assumeThat(cluster).as("the script can run a cluster here").isPresent();
    try (Stage stage = new Stage(cluster.get(), folder, plan)) {
      assertThat(new Torture(plan, stage, System.out).run()).isEmpty();
    }
  }
}
