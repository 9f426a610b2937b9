package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import dev.candlewick.torture.StreamClient.Sends;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One run: clients send, faults strike one after the other, then everything is counted. */
final class Torture {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TELL_EVERY = Duration.ofSeconds(2);

  private final Plan plan;
  private final Stage stage;
  private final PrintStream out;
  private final Random random;
  private final List<Client> clients = new ArrayList<>();
  private final Map<Fault, Struck> struck = new EnumMap<>(Fault.class);
  private final List<Fault> toCome = new ArrayList<>();
  private final long start = System.nanoTime();
  private long toldAt = start;
  private int strikes;

  /** How often a fault struck, and how long it took at most until all was acked again. */
  private record Struck(int times, long slowestMillis) {
    Struck and(long millis) {
      return new Struck(times + 1, Math.max(slowestMillis, millis));
    }
  }

  Torture(Plan plan, Stage stage, PrintStream out) {
    this.plan = plan;
    this.stage = stage;
    this.out = out;
    this.random = new Random(plan.seed());
  }

  /** Runs; what was wrong, nothing at best. */
  List<String> run() {
    say("torture: seed %d, journals in %s", plan.seed(), stage.folder());
    if (plan.usesKafka()) {
      for (int partition = 0; partition < KafkaClient.PARTITIONS; partition++) {
        clients.add(new KafkaClient(stage, partition, plan.seed()));
      }
    }
    if (plan.usesFeeds()) {
      addFeeds();
    }
    Watch watch = new Watch(stage, plan.memory());
    clients.forEach(Client::start);
    awaitAcks("the start");
    boolean alive = true;
    while (alive && strikes < plan.count() && System.nanoTime() - start < plan.length().toNanos()) {
      alive = strike(nextFault());
    }
    clients.forEach(Client::finish);
    long end = System.nanoTime() + PATIENCE.toNanos();
    clients.forEach(client -> client.join(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
    watch.stop();
    return conclude(watch);
  }

  private void addFeeds() {
    for (int i = 1; i <= 3; i++) {
      clients.add(client("feed-" + i, Sends.TRADES));
    }
    clients.add(client("quotes-1", Sends.QUOTES));
    clients.add(client("records-1", Sends.RECORDS));
    for (int i = 1; i <= 2; i++) {
      clients.add(new RestClient(stage::anyServer, "rest-" + i, stage.folder(), plan.seed()));
    }
  }

  private StreamClient client(String name, Sends sends) {
    return new StreamClient(
        () -> stage.anyServer().url(), name, sends, stage.folder(), plan.seed());
  }

  /** Each of them comes once, in random order, before one comes again. */
  private Fault nextFault() {
    if (toCome.isEmpty()) {
      toCome.addAll(plan.faults());
      if (!stage.hasSmallDisk()) {
        toCome.remove(Fault.FILL_DISK);
      }
      Collections.shuffle(toCome, random);
    }
    return toCome.remove(0);
  }

  /** One fault, from its beginning until everything sent before its end is acked. */
  private boolean strike(Fault fault) {
    fault.pause(random, (int) plan.longestPause().toMillis());
    int held;
    long ended;
    try {
      fault.begin(stage);
      held = fault.hold(random, (int) plan.longestHold().toMillis());
      fault.end(stage);
      stage.takeTurns();
      ended = System.nanoTime();
    } catch (AssertionError e) {
      stage.wrong(fault.word() + ": " + e.getMessage());
      return false;
    }
    boolean alive = awaitAcks(fault.word());
    long millis = (System.nanoTime() - ended) / 1_000_000;
    struck.merge(fault, new Struck(1, millis), (before, one) -> before.and(millis));
    strikes++;
    if (System.nanoTime() - toldAt > TELL_EVERY.toNanos()) {
      toldAt = System.nanoTime();
      say(
          "%6.1f s  %d faults, %d rows acked; %s held for %.1f s, all acked %.1f s after",
          (System.nanoTime() - start) / 1e9,
          strikes,
          clients.stream().mapToLong(Client::acked).sum(),
          fault.word(),
          held / 1e3,
          millis / 1e3);
    }
    return alive;
  }

  /** Waits until every client has an ack of all it has sent by now, and of something more. */
  private boolean awaitAcks(String after) {
    Map<Client, Long> behind = new HashMap<>();
    clients.forEach(client -> behind.put(client, client.sent()));
    try {
      ServerProcess.await(
          "acks after " + after,
          PATIENCE,
          () -> {
            behind.entrySet().removeIf(sent -> sent.getKey().acked() > sent.getValue());
            return behind.isEmpty();
          });
      return true;
    } catch (AssertionError notInTime) {
      behind.forEach(
          (client, sent) ->
              stage.wrong(
                  "%s: %s after the end of %s %d of %d rows were acked"
                      .formatted(client.name, PATIENCE, after, client.acked(), sent)));
      return false;
    }
  }

  private List<String> conclude(Watch watch) {
    List<String> wrongs = new ArrayList<>(stage.wrongs());
    clients.forEach(client -> wrongs.addAll(client.wrongs()));
    wrongs.addAll(watch.wrongs());
    say("%n%s", Verdict.HEAD);
    Verdict sum = new Verdict("all", 0, 0, 0, 0, 0, 0, 0, 0, 0);
    for (Client client : clients) {
      Verdict verdict = Stored.judge(stage.database(), client);
      sum = sum.plus(verdict);
      say("%s", verdict);
      if (!verdict.holds()) {
        wrongs.add("rows of " + client.name + ": " + verdict);
      }
      if (client instanceof KafkaClient && !Stored.countedOnce(stage.database(), client)) {
        wrongs.add("a message of " + client.name + " was taken twice, or its position alone");
      }
      if (!Stored.candlesTellTheSame(stage.database(), client)) {
        wrongs.add("candles of " + client.name + " do not tell what its trades tell");
      }
    }
    say("%s%n", sum);
    if (plan.usesKafka()) {
      wrongs.addAll(Told.wrongs(stage, clients));
    }
    say("%-18s %6s %16s", "fault", "times", "slowest recovery");
    struck.forEach(
        (fault, how) ->
            say("%-18s %6d %14.1f s", fault.word(), how.times(), how.slowestMillis() / 1e3));
    say("%nserver at most: %s", watch);
    say("seed %d: %s", plan.seed(), wrongs.isEmpty() ? "every promise was kept" : "VIOLATED");
    wrongs.forEach(wrong -> say("  %s", wrong));
    return wrongs;
  }

  private void say(String format, Object... values) {
    out.printf(format + "%n", values);
  }
}
