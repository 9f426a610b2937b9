package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SkippedTestsTest {
  @Test
  void namesWhatWasSkippedAndWhatToInstall() {
    Map<String, Integer> reasons = new LinkedHashMap<>();
    reasons.put("there is no promtool", 2);
    reasons.put("there is no python3 with websockets", 3);
    reasons.put("the data is there", 1);
    assertThat(SkippedTests.line(reasons))
        .isEqualTo(
            "SKIPPED 6: there is no promtool (2); there is no python3 with websockets (3);"
                + " the data is there (1). To run them install: promtool (package prometheus);"
                + " python3 with websockets (package python3-websockets)");
  }
}
