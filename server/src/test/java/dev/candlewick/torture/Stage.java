package dev.candlewick.torture;

import dev.candlewick.server.DatabaseProxy;
import dev.candlewick.server.KafkaBroker;
import dev.candlewick.server.OwnCluster;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The server and its database, as real as they come, with a proxy on the line between them. Where
 * there are several servers they take turns at being struck.
 */
final class Stage implements AutoCloseable {
  private static final int DISK_MEGABYTES = 4_096;
  private static final String GROUP = "candlewick";

  private final OwnCluster cluster;
  private final boolean hasSmallDisk;
  private final TestDatabase database;
  private final DatabaseProxy proxy;
  private final Path folder;
  private final String[] settings;
  private final List<String> wrongs = new ArrayList<>();
  private final List<String> output = new ArrayList<>();
  private final @Nullable KafkaBroker broker;
  private @Nullable KafkaConsumer<String, String> joined;
  private final Deque<ServerProcess> others = new ArrayDeque<>();
  private volatile ServerProcess server;
  private int asked;

  /** Starts everything; what the server and the clients keep on disk goes into the folder. */
  Stage(OwnCluster cluster, Path folder, Plan plan) {
    this.cluster = cluster;
    this.folder = folder;
    this.broker = plan.usesKafka() ? KafkaBroker.shared() : null;
    List<String> set = new ArrayList<>();
    if (plan.spools()) {
      set.addAll(List.of("SPOOL_DIR", folder.resolve("spool").toString()));
    }
    if (broker != null) {
      broker.create(KafkaClient.TOPIC, KafkaClient.PARTITIONS, Map.of());
      set.addAll(List.of("KAFKA_BOOTSTRAP", broker.bootstrap(), "KAFKA_TOPICS", KafkaClient.TOPIC));
      set.addAll(List.of("KAFKA_PROPERTIES", impatient(folder).toString()));
      broker.create(Told.TOPIC, 1, Map.of());
      set.addAll(List.of("KAFKA_CANDLES_TOPIC", Told.TOPIC));
    }
    this.settings = set.toArray(String[]::new);
    this.hasSmallDisk = cluster.makeSmallDisk(DISK_MEGABYTES);
    this.database = cluster.database();
    this.proxy = new DatabaseProxy(database.url());
    this.server = ServerProcess.start(proxy.url(), settings).awaitReady();
    while (others.size() < plan.servers() - 1) {
      others.add(ServerProcess.start(proxy.url(), settings).awaitReady());
    }
    server.put("/v1/kinds/" + TestRow.KIND, TestRow.DECLARATION);
    for (String table : List.of("market.trades", "record." + TestRow.KIND)) {
      database.execute(
          "alter table %s add constraint poison check (size <> %d)"
              .formatted(table, TestRow.POISON));
    }
  }

  /** Settings by which the group soon misses a member that was killed. */
  private static Path impatient(Path folder) {
    try {
      return Files.writeString(
          folder.resolve("kafka.properties"),
          "session.timeout.ms=1500\nheartbeat.interval.ms=400\nmetadata.max.age.ms=5000\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  KafkaBroker broker() {
    return Objects.requireNonNull(broker, "only with torture.source=kafka");
  }

  Path folder() {
    return folder;
  }

  OwnCluster cluster() {
    return cluster;
  }

  boolean hasSmallDisk() {
    return hasSmallDisk;
  }

  TestDatabase database() {
    return database;
  }

  DatabaseProxy proxy() {
    return proxy;
  }

  ServerProcess server() {
    return server;
  }

  /** Each time another one, if there is another one: where a client tries next. */
  synchronized ServerProcess anyServer() {
    List<ServerProcess> all = new ArrayList<>(others);
    all.add(server);
    return all.get(asked++ % all.size());
  }

  /** The server that is struck next is another one, if there is another one. */
  synchronized void takeTurns() {
    others.addLast(server);
    server = others.removeFirst();
  }

  /** Joins the servers' group and takes a part of its partitions, of which it reads nothing. */
  void join() {
    KafkaConsumer<String, String> member = broker().member(GROUP);
    joined = member;
    member.subscribe(List.of(KafkaClient.TOPIC));
    ServerProcess.await(
        "a part in the group",
        Duration.ofSeconds(30),
        () -> {
          member.poll(Duration.ofMillis(20));
          member.pause(member.assignment());
          return !member.assignment().isEmpty();
        });
  }

  /** Leaves the group. */
  void leave() {
    Objects.requireNonNull(joined, "only after join").close();
  }

  /** Starts another server in place of the one that has ended. */
  void startServer() {
    output.addAll(server.output());
    server = ServerProcess.start(proxy.url(), settings);
  }

  /** Waits until the proxy has done what it was told. */
  void awaitHit(Fault fault) {
    ServerProcess.await(fault.word(), Duration.ofSeconds(30), () -> proxy.hits() > 0);
  }

  /** Notes a breach. */
  void wrong(String what) {
    wrongs.add(what);
  }

  List<String> wrongs() {
    return wrongs;
  }

  /** What the servers have printed so far. */
  synchronized List<String> output() {
    List<String> all = new ArrayList<>(output);
    others.forEach(other -> all.addAll(other.output()));
    all.addAll(server.output());
    return all;
  }

  @Override
  public void close() {
    server.thaw();
    server.close();
    others.forEach(ServerProcess::close);
    proxy.close();
    cluster.close();
  }
}
