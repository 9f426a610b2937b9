package dev.candlewick.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.spool.FakeDisk;
import dev.candlewick.ingest.spool.Spool;
import dev.candlewick.ingest.spool.SpoolConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Feeds, a server with a spool, another server without one, and the database, all in one thread and
 * after one seed: what comes next, how far a write got before a crash, how long a pause was. While
 * one of them writes to the disk or the database the others may get on. {@link #run} checks all the
 * time that nothing is stored twice, that nothing is acked before it is stored, and that acks never
 * go down; {@link #settle} that everything told is stored once the faults are over.
 */
final class Simulation {
  private static final int STEPS = 150;
  private static final int STEPS_TO_SETTLE = 2_000;
  private static final IngestMetrics METRICS =
      new IngestMetrics(new SimpleMeterRegistry(), new Budget(1));
  private static final Batch.Bounds BOUNDS = new Batch.Bounds(6, 1 << 20);

  final Random random;
  final FakeDatabase database;
  final List<SimulatedFeed> feeds = new ArrayList<>();
  private final Lane.Clock clock = new FakeClock();
  private FakeDisk disk;
  private boolean busy;
  private long nanos = 1;
  private long requests;
  private Server spooling;
  private Server plain;

  Simulation(long seed) {
    random = new Random(seed);
    database = new FakeDatabase(random, this::whileTheDatabaseWorks);
    disk = new FakeDisk(random);
    disk.meanwhile(this::whileTheDiskWorks);
    spooling = new Server(true);
    plain = new Server(false);
    for (int i = 0; i < 3; i++) {
      feeds.add(new SimulatedFeed(this, new StreamName(1, "feed-" + i)));
    }
  }

  private final class FakeClock implements Lane.Clock {
    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void pause(Duration atMost) {
      nanos += (long) (random.nextDouble() * atMost.toNanos());
    }
  }

  /** One server's lanes and what they share. */
  final class Server {
    final Map<StreamName, SimulatedFeed.Session> sessions = new HashMap<>();
    private final Budget budget = new Budget(1 << 20);
    private final List<Lane> lanes = new ArrayList<>();
    private final List<LaneSpool> spools = new ArrayList<>();

    Server(boolean hasSpool) {
      int count = 1 + random.nextInt(2);
      if (hasSpool) {
        SpoolConfig config = new SpoolConfig(Path.of("spool"), 3_000, 0);
        Spool spool = Spool.open(disk, config, count);
        SpoolMetrics metrics = new SpoolMetrics(new SimpleMeterRegistry(), spool);
        for (int lane = 0; lane < count; lane++) {
          spools.add(new LaneSpool(spool, lane, metrics, () -> {}));
        }
        assertThat(spool.quarantined()).as("false alarms").isZero();
      }
      for (int lane = 0; lane < count; lane++) {
        LaneSpool laneSpool = hasSpool ? spools.get(lane) : null;
        lanes.add(new Lane(lane, database, laneSpool, clock, BOUNDS, Duration.ZERO, METRICS));
      }
    }

    boolean holdsSpooled(StreamName stream) {
      return spools.stream().anyMatch(spool -> spool.holds(stream));
    }

    void submit(Message message, int by) {
      message.countIn(budget);
      lanes.get(by % lanes.size()).submit(message);
    }

    private void turn() throws InterruptedException {
      int number = random.nextInt(lanes.size());
      boolean spools = !this.spools.isEmpty() && this.spools.get(number).isOn();
      if (spools || lanes.get(number).holdsUnwritten()) {
        lanes.get(number).turn();
      }
    }

    private void fill() throws IOException {
      if (!spools.isEmpty()) {
        spools.get(random.nextInt(spools.size())).fill();
      }
    }

    private boolean idle() {
      return lanes.stream().noneMatch(Lane::holdsUnwritten)
          && spools.stream().noneMatch(LaneSpool::isOn);
    }
  }

  Server server(boolean hasSpool) {
    return hasSpool ? spooling : plain;
  }

  /** Faults of every kind, one after the other and at once. */
  void run() {
    for (int i = 0; i < STEPS; i++) {
      step();
    }
  }

  private void step() {
    try {
      switch (random.nextInt(40)) {
        case 0, 1 -> database.up = !database.up;
        case 2 -> database.failures = random.nextInt(3) * 0.2;
        case 3 -> disk.failing(random.nextInt(3) * 0.2);
        case 4 -> disk.crashAt(random.nextInt(8));
        case 5 -> restart();
        case 6 -> request();
        case 7 -> nanos += Duration.ofMillis(random.nextInt(2_000)).toNanos();
        case 8, 9 -> anyFeed().connect();
        case 10 -> database.mostMessages = 1 + random.nextInt(6);
        default -> other();
      }
    } catch (FakeDisk.Crash e) {
      restart();
    }
  }

  /** What goes on between faults. */
  private void other() {
    switch (random.nextInt(6)) {
      case 0, 1 -> anyFeed().send();
      case 2, 3 -> turn(spooling);
      case 4 -> fill(spooling);
      default -> turn(plain);
    }
  }

  private SimulatedFeed anyFeed() {
    return feeds.get(random.nextInt(feeds.size()));
  }

  private static void turn(Server server) {
    try {
      server.turn();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  private static void fill(Server server) {
    try {
      server.fill();
    } catch (IOException e) {
      // What the spool's thread does: the next round tries another file.
    }
  }

  private void whileTheDatabaseWorks() {
    meanwhile(() -> fill(spooling));
  }

  private void whileTheDiskWorks() {
    meanwhile(() -> turn(spooling));
  }

  private void meanwhile(Runnable another) {
    if (!busy && random.nextInt(3) == 0) {
      busy = true;
      try {
        anyFeed().send();
        another.run();
      } finally {
        busy = false;
      }
    }
  }

  /** A message by REST, in memory only. */
  private void request() {
    String symbol = "rest-" + ++requests;
    Message.Checked rows = SimulatedFeed.rows(symbol, 1);
    spooling.submit(
        Message.ofRequest(RowType.TRADES, rows, 10, new SimulatedFeed.Request(database), null),
        random.nextInt(2));
  }

  /** kill -9, and the power too; then it starts again, perhaps with another number of lanes. */
  private void restart() {
    disk = disk.crash();
    feeds.forEach(feed -> feed.lost(spooling));
    spooling = new Server(true);
  }

  /** No faults any more, and no feed sends anything again: what was told must be stored soon. */
  void settle() {
    restart();
    feeds.forEach(SimulatedFeed::leave);
    database.up = true;
    database.failures = 0;
    database.mostMessages = Integer.MAX_VALUE;
    for (int i = 0; !(spooling.idle() && plain.idle()); i++) {
      assertThat(i).as("steps until all is written").isLessThan(STEPS_TO_SETTLE);
      turn(spooling);
      turn(plain);
      fill(spooling);
    }
    assertThat(disk.list()).isEmpty();
    assertThat(disk.quarantined()).as("false alarms").isZero();
    assertThat(spooling.budget.used()).isZero();
    assertThat(plain.budget.used()).isZero();
    feeds.forEach(SimulatedFeed::checkTold);
    for (SimulatedFeed feed : feeds) {
      feed.checkGoesOn(() -> turn(spooling));
    }
  }
}
