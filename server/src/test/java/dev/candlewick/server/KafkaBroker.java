package dev.candlewick.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Apache Kafka's own server in a process of its own, on loopback, with a folder of its own. */
public final class KafkaBroker {
  private static final Path LIBRARIES = Path.of("..", "kafka-broker", "target", "lib");
  private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk";

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  private KafkaBroker() {
    try {
      folder = Files.createTempDirectory("candlewick-kafka");
      port = free();
      int controller = free();
      Files.writeString(
          folder.resolve("server.properties"),
          """
          process.roles=broker,controller
          node.id=1
          controller.quorum.voters=1@127.0.0.1:%2$d
          listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
          advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
          controller.listener.names=CONTROLLER
          log.dirs=%3$s
          num.partitions=2
          offsets.topic.replication.factor=1
          offsets.topic.num.partitions=1
          transaction.state.log.replication.factor=1
          transaction.state.log.min.isr=1
          transaction.state.log.num.partitions=1
          transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
          group.initial.rebalance.delay.ms=0
          group.min.session.timeout.ms=1000
          message.max.bytes=4194304
          log.cleaner.backoff.ms=200
          """
              .formatted(port, controller, folder.resolve("data")));
      run("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c");
      start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One for all tests of this JVM, each of which makes topics of its own. */
  public static KafkaBroker shared() {
    return Shared.BROKER;
  }

  private static final class Shared {
    static final KafkaBroker BROKER = new KafkaBroker();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close));
    }
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void run(String main, String... arguments) {
    try {
      Process done = java(main, arguments).start();
      if (!done.waitFor(60, TimeUnit.SECONDS) || done.exitValue() != 0) {
        throw new IllegalStateException(main + ": " + Files.readString(folder.resolve("log")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private ProcessBuilder java(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", LIBRARIES.resolve("*").toString(), main));
    command.addAll(List.of(arguments));
    command.add(folder.resolve("server.properties").toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
  }

  /** Starts it, or starts it again with what it had. */
  public void start() {
    try {
      Process started = java("kafka.Kafka").start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
      process = started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    with(admin -> admin.describeCluster().nodes().get(60, TimeUnit.SECONDS));
  }

  /** kill -9; returns once the process is gone. */
  public void kill() {
    Objects.requireNonNull(process).destroyForcibly().onExit().join();
  }

  /** Stops it where it stands (SIGSTOP): connections stay, nothing answers. */
  public void freeze() {
    OwnCluster.signal("STOP", Objects.requireNonNull(process).pid());
  }

  /** Lets it go on after {@link #freeze}. */
  public void thaw() {
    OwnCluster.signal("CONT", Objects.requireNonNull(process).pid());
  }

  /** Where clients find it. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** Something done with an admin client. */
  interface Task {
    Object with(Admin admin) throws ExecutionException, InterruptedException, TimeoutException;
  }

  void with(Task task) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      task.with(admin);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Makes a topic. */
  public void create(String topic, int partitions, Map<String, String> settings) {
    NewTopic wanted = new NewTopic(topic, partitions, (short) 1).configs(settings);
    with(admin -> admin.createTopics(List.of(wanted)).all().get(30, TimeUnit.SECONDS));
  }

  /** The names of all topics. */
  Set<String> topics() {
    Set<String> names = new HashSet<>();
    with(admin -> names.addAll(admin.listTopics().names().get(30, TimeUnit.SECONDS)));
    return names;
  }

  void delete(String topic) {
    with(admin -> admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS));
  }

  /** Cuts off the front of a partition, as retention does. */
  void cut(String topic, int partition, long before) {
    Map<TopicPartition, RecordsToDelete> cut =
        Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before));
    with(admin -> admin.deleteRecords(cut).all().get(30, TimeUnit.SECONDS));
  }

  /** A producer; with {@code transaction} its transactions have this id. */
  public KafkaProducer<String, String> producer(String... transaction) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap());
    settings.put("key.serializer", StringSerializer.class.getName());
    settings.put("value.serializer", StringSerializer.class.getName());
    settings.put("max.request.size", "4194304");
    if (transaction.length > 0) {
      settings.put("transactional.id", transaction[0]);
      settings.put("transaction.timeout.ms", "3000");
    }
    return new KafkaProducer<>(settings);
  }

  /**
   * Everything committed that a topic has by now, as {@code key value}, each key's in its order.
   */
  public List<String> committed(String topic) {
    List<String> all = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer(Map.of())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(of -> new TopicPartition(topic, of.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(of -> consumer.position(of) < ends.getOrDefault(of, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(r -> all.add(r.key() + " " + r.value()));
      }
    }
    return all;
  }

  /** A consumer that will be a member of the group, soon missed when it is gone. */
  public KafkaConsumer<String, String> member(String group) {
    return consumer(
        Map.of("group.id", group, "session.timeout.ms", "1500", "heartbeat.interval.ms", "400"));
  }

  private KafkaConsumer<String, String> consumer(Map<String, String> more) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap());
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("key.deserializer", StringDeserializer.class.getName());
    settings.put("value.deserializer", StringDeserializer.class.getName());
    settings.putAll(more);
    return new KafkaConsumer<>(settings);
  }

  /** Sends values to a partition and waits until the broker has them. */
  void send(String topic, int partition, String... values) {
    try (KafkaProducer<String, String> producer = producer()) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, partition, "key", value));
      }
      producer.flush();
    }
  }

  private void close() {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
