package dev.candlewick.server.audit;

import dev.candlewick.server.audit.AuditRepository.Example;
import java.util.ArrayList;
import java.util.List;

/** What a check has found so far. */
final class Result {
  /** Examples that are kept of a check. */
  static final int MOST_EXAMPLES = 10;

  final String name;
  final String means;

  /** Whether it covers what bots write. */
  final boolean ofRecords;

  final List<Example> examples = new ArrayList<>();
  private boolean looked;
  private long lookedAt;
  private long failures;

  Result(String name, String means, boolean ofRecords) {
    this.name = name;
    this.means = means;
    this.ofRecords = ofRecords;
  }

  void add(long rows, long failed) {
    looked = true;
    lookedAt += rows;
    failures += failed;
  }

  long lookedAt() {
    return lookedAt;
  }

  long failures() {
    return failures;
  }

  /** {@code skipped} if there was nothing to check. */
  String status() {
    return failures > 0 ? "fail" : looked ? "pass" : "skipped";
  }
}
