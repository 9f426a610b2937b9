package dev.candlewick.torture;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a run is to do.
 *
 * @param seed of everything random
 * @param length how long it goes on; the last fault may end later
 * @param count faults after which it ends even before
 * @param faults which of them, drawn at random; one that is named twice comes twice as often
 * @param longestHold how long a fault is held at most
 * @param longestPause how long nothing is done at most before the next one
 * @param usesFeeds whether there are feeds and requests
 * @param usesKafka whether messages come from a broker, and candles go to it
 * @param servers how many there are; with Kafka they are one group
 * @param spools whether the server has a spool
 * @param memory what the server may take, resident, in bytes
 */
record Plan(
    long seed,
    Duration length,
    int count,
    List<Fault> faults,
    Duration longestHold,
    Duration longestPause,
    boolean usesFeeds,
    boolean usesKafka,
    int servers,
    boolean spools,
    long memory) {

  /**
   * From system properties {@code torture.*}; the source is {@code feeds}, {@code kafka} or {@code
   * both}; without a length or a count, each fault once.
   */
  static Plan fromProperties() {
    String source = System.getProperty("torture.source", "feeds");
    boolean usesKafka = !source.equals("feeds");
    // A server that reads no partition at the moment does not see that the disk is full.
    Set<Fault> others = usesKafka ? Set.of(Fault.FILL_DISK) : Fault.OF_KAFKA;
    String words = System.getProperty("torture.faults");
    List<Fault> faults =
        words == null
            ? Arrays.stream(Fault.values()).filter(fault -> !others.contains(fault)).toList()
            : Arrays.stream(words.split(",")).map(Plan::fault).toList();
    String minutes = System.getProperty("torture.minutes");
    Integer count = Integer.getInteger("torture.count");
    boolean isShort = minutes == null && count == null;
    return new Plan(
        Long.getLong("torture.seed", System.nanoTime() % 1_000_000),
        minutes == null
            ? Duration.ofDays(1)
            : Duration.ofMillis((long) (Double.parseDouble(minutes) * 60_000)),
        isShort ? faults.size() : count == null ? Integer.MAX_VALUE : count,
        faults,
        Duration.ofSeconds(Integer.getInteger("torture.hold", isShort ? 3 : 60)),
        Duration.ofSeconds(Integer.getInteger("torture.pause", 60)),
        !source.equals("kafka"),
        usesKafka,
        Integer.getInteger("torture.servers", usesKafka ? 2 : 1),
        Boolean.getBoolean("torture.spool"),
        512L << 20);
  }

  private static Fault fault(String word) {
    return Arrays.stream(Fault.values())
        .filter(fault -> fault.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such fault: " + word));
  }
}
