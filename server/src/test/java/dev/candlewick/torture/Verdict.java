package dev.candlewick.torture;

import java.util.BitSet;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;

/**
 * What the database holds of one client's rows, against the client's {@link Journal}.
 *
 * @param sent rows that were sent, or were about to be
 * @param acked rows that the server acked, the rejected among them
 * @param stored rows in the database
 * @param lost good rows acked and not stored
 * @param duplicated rows stored once more than they should be
 * @param phantom rows stored that nobody sent
 * @param rejected bad rows acked: they are told, and not stored
 * @param taken bad rows that are stored
 * @param unexplained bad rows acked for which no reason is kept
 */
record Verdict(
    String client,
    long sent,
    long acked,
    long stored,
    long lost,
    long duplicated,
    long phantom,
    long rejected,
    long taken,
    long unexplained) {
  static final String HEAD =
      "%-8s %10s %10s %10s %6s %10s %8s %9s %6s %12s"
          .formatted(
              "client",
              "sent",
              "acked",
              "stored",
              "lost",
              "duplicated",
              "phantom",
              "rejected",
              "taken",
              "unexplained");

  /** Judges; {@code stored} holds the number of each stored row as often as it is stored. */
  static Verdict of(
      String client, List<String> journal, LongStream stored, IntPredicate hasReason) {
    long sent = 0;
    long acked = 0;
    for (String line : journal) {
      String[] words = line.split(" ");
      if (words[0].equals("sent")) {
        sent = Math.max(sent, Long.parseLong(words[3]));
      } else if (words[0].equals("acked")) {
        acked = Math.max(acked, Long.parseLong(words[1]));
      }
    }
    BitSet found = new BitSet();
    long rows = 0;
    long duplicated = 0;
    long phantom = 0;
    long taken = 0;
    for (PrimitiveIterator.OfLong numbers = stored.iterator(); numbers.hasNext(); rows++) {
      long number = numbers.nextLong();
      if (number < 1 || number > sent) {
        phantom++;
      } else if (found.get((int) number)) {
        duplicated++;
      } else {
        found.set((int) number);
        taken += TestRow.isBad(number) ? 1 : 0;
      }
    }
    long lost = 0;
    long rejected = 0;
    long unexplained = 0;
    for (int number = 1; number <= acked; number++) {
      if (TestRow.isBad(number)) {
        rejected++;
        unexplained += hasReason.test(number) ? 0 : 1;
      } else if (!found.get(number)) {
        lost++;
      }
    }
    return new Verdict(
        client, sent, acked, rows, lost, duplicated, phantom, rejected, taken, unexplained);
  }

  /** The sum of both. */
  Verdict plus(Verdict other) {
    return new Verdict(
        client,
        sent + other.sent,
        acked + other.acked,
        stored + other.stored,
        lost + other.lost,
        duplicated + other.duplicated,
        phantom + other.phantom,
        rejected + other.rejected,
        taken + other.taken,
        unexplained + other.unexplained);
  }

  /** Whether every promise was kept. */
  boolean holds() {
    return lost + duplicated + phantom + taken + unexplained == 0;
  }

  @Override
  public String toString() {
    return "%-8s %10d %10d %10d %6d %10d %8d %9d %6d %12d"
        .formatted(
            client, sent, acked, stored, lost, duplicated, phantom, rejected, taken, unexplained);
  }
}
