package dev.candlewick.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Tells in one closing line which tests were skipped and what to install for them. */
public final class SkippedTests implements TestExecutionListener {
  /** What a reason speaks of, and what brings it. */
  private static final Map<String, String> REMEDIES =
      Map.of(
          "promtool", "promtool (package prometheus)",
          "websockets", "python3 with websockets (package python3-websockets)",
          "node", "node and npm",
          "npm", "node and npm",
          "Chromium", "chromium",
          "pg_dump", "pg_dump of the database's version (package postgresql-client-17)",
          "strace", "strace, and the right to trace",
          "name space", "util-linux, iproute2 and nftables, and a kernel that allows name spaces",
          "mounted", "a kernel that lets this user mount in a name space");

  private final Map<String, Integer> reasons = new LinkedHashMap<>();

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == Status.ABORTED) {
      String reason =
          result
              .getThrowable()
              .map(Throwable::getMessage)
              .orElse("no reason")
              .lines()
              .findFirst()
              .orElse("no reason");
      reasons.merge(reason, 1, Integer::sum);
    }
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    if (!reasons.isEmpty()) {
      System.out.println(line(reasons));
    }
  }

  static String line(Map<String, Integer> reasons) {
    int count = reasons.values().stream().mapToInt(Integer::intValue).sum();
    String why =
        reasons.entrySet().stream()
            .map(reason -> reason.getKey() + " (" + reason.getValue() + ")")
            .collect(Collectors.joining("; "));
    String install =
        REMEDIES.entrySet().stream()
            .filter(remedy -> reasons.keySet().stream().anyMatch(r -> r.contains(remedy.getKey())))
            .map(Map.Entry::getValue)
            .distinct()
            .sorted()
            .collect(Collectors.joining("; "));
    return "SKIPPED "
        + count
        + ": "
        + why
        + (install.isEmpty() ? "" : ". To run them install: " + install);
  }
}
