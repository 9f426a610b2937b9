package dev.candlewick.server;

import dev.candlewick.ingest.IngestConfig;
import dev.candlewick.ingest.kafka.KafkaConfig;
import dev.candlewick.ingest.socket.Limits;
import dev.candlewick.ingest.spool.SpoolConfig;
import dev.candlewick.record.Retention;
import dev.candlewick.server.topic.TopicConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration: every key with its default, read once at the start from the environment
 * and, with lower precedence, from the file that {@code CANDLEWICK_CONFIG_FILE} points to. An
 * unknown key stops the start.
 */
record ServerConfig(
    DatabaseUrl database,
    DatabaseUrl readDatabase,
    int readPool,
    int readQueue,
    long memoryBytes,
    boolean migrates,
    HttpConfig http,
    @Nullable Path apiKeysFile,
    String binanceVenue,
    ArchiveConfig archive,
    IngestConfig ingest,
    @Nullable TopicConfig candleTopic) {

  /** The configuration is wrong; the message names the key. */
  static final class InvalidException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidException(String message) {
      super(message);
    }
  }

  /** From the process's environment. */
  static ServerConfig fromEnvironment() throws InvalidException {
    return from(System.getenv());
  }

  /** From the process's environment; {@code defaults} for anything it does not set. */
  static ServerConfig fromEnvironment(Map<String, String> defaults) throws InvalidException {
    Map<String, String> environment = new LinkedHashMap<>(defaults);
    environment.putAll(System.getenv());
    return from(environment);
  }

  /** Whether the environment names a database. */
  static boolean namesDatabase() {
    return System.getenv(Settings.DB_URL.name()) != null;
  }

  /** The key that client commands send. */
  static @Nullable String clientApiKey() {
    return System.getenv(Settings.API_KEY.name());
  }

  static ServerConfig from(Map<String, String> environment) throws InvalidException {
    Values values = Values.of(merged(environment));
    DatabaseUrl primary = values.get(Settings.DB_URL);
    return new ServerConfig(
        primary,
        values.optional(Settings.DB_READ_URL).orElse(primary),
        values.get(Settings.DB_READ_POOL),
        values.get(Settings.DB_READ_QUEUE),
        values.get(Settings.MEMORY_BYTES),
        values.get(Settings.MIGRATE),
        http(values),
        values.optional(Settings.API_KEYS_FILE).orElse(null),
        values.get(Settings.BINANCE_VENUE),
        archive(values),
        ingest(values, primary),
        candleTopic(values));
  }

  private static HttpConfig http(Values values) throws InvalidException {
    values.together(Settings.TLS_CERT, Settings.TLS_KEY);
    return new HttpConfig(
        values.optional(Settings.HTTP_HOST).orElse(null),
        values.get(Settings.HTTP_PORT),
        values.optional(Settings.TLS_CERT).orElse(null),
        values.optional(Settings.TLS_KEY).orElse(null),
        values.get(Settings.ALLOWED_ORIGINS),
        values.get(Settings.HTTP_CONNECTIONS),
        values.get(Settings.HTTP_CONNECTIONS_PER_ADDRESS),
        values.get(Settings.KEY_SOCKETS));
  }

  private static ArchiveConfig archive(Values values) throws InvalidException {
    Optional<String> directory = values.optional(Settings.ARCHIVE_DIR);
    boolean isOff = directory.filter("none"::equals).isPresent();
    boolean isRetentionGiven =
        values.all().keySet().stream().anyMatch(key -> key.startsWith("CANDLEWICK_RETENTION_"));
    return new ArchiveConfig(
        isOff ? null : directory.map(Path::of).orElse(null),
        isOff,
        isRetentionGiven ? retention(values) : null);
  }

  private static IngestConfig ingest(Values values, DatabaseUrl primary) throws InvalidException {
    return new IngestConfig(
        new IngestConfig.Database(primary.jdbcUrl(), primary.user(), primary.password()),
        values.get(Settings.INGEST_LANES),
        values.get(Settings.BATCH_ROWS),
        values.get(Settings.BATCH_BYTES),
        values.get(Settings.BATCH_AGE),
        values.get(Settings.BUDGET_BYTES),
        values.get(Settings.KEY_BUDGET_BYTES),
        new Limits(
            values.get(Settings.MESSAGE_BYTES),
            values.get(Settings.MESSAGE_ROWS),
            values.get(Settings.INFLIGHT_MESSAGES),
            values.get(Settings.INFLIGHT_BYTES)),
        values.get(Settings.BODY_BYTES),
        values.get(Settings.DURABILITY),
        retention(values),
        spool(values),
        kafka(values));
  }

  private static @Nullable KafkaConfig kafka(Values values) throws InvalidException {
    Optional<String> bootstrap = values.optional(Settings.KAFKA_BOOTSTRAP);
    Optional<String> topics = values.optional(Settings.KAFKA_TOPICS);
    boolean any = topics.isPresent() || values.optional(Settings.KAFKA_CANDLES_TOPIC).isPresent();
    if (bootstrap.isPresent() != any) {
      throw new InvalidException(
          "CANDLEWICK_KAFKA_BOOTSTRAP goes with KAFKA_TOPICS, KAFKA_CANDLES_TOPIC or both");
    }
    return bootstrap.isEmpty() || topics.isEmpty()
        ? null
        : new KafkaConfig(
            bootstrap.get(),
            topics.get(),
            values.get(Settings.KAFKA_GROUP),
            values.optional(Settings.KAFKA_PROPERTIES).orElse(null));
  }

  private static @Nullable TopicConfig candleTopic(Values values) throws InvalidException {
    Optional<String> topic = values.optional(Settings.KAFKA_CANDLES_TOPIC);
    if (topic.isEmpty()) {
      return null;
    }
    KafkaConfig in = kafka(values);
    if (in != null && in.reads(topic.get())) {
      throw new InvalidException(
          "CANDLEWICK_KAFKA_CANDLES_TOPIC must not be one of CANDLEWICK_KAFKA_TOPICS");
    }
    return new TopicConfig(
        values.get(Settings.KAFKA_BOOTSTRAP),
        topic.get(),
        values.get(Settings.KAFKA_GROUP),
        values.optional(Settings.KAFKA_PROPERTIES).orElse(null));
  }

  private static @Nullable SpoolConfig spool(Values values) throws InvalidException {
    long bytes = values.get(Settings.SPOOL_BYTES);
    long freeBytes = values.get(Settings.SPOOL_FREE_BYTES);
    return values
        .optional(Settings.SPOOL_DIR)
        .map(path -> new SpoolConfig(path, bytes, freeBytes))
        .orElse(null);
  }

  private static Retention retention(Values values) throws InvalidException {
    List<Duration> candles = new ArrayList<>();
    for (Setting<Duration> level : Settings.RETENTION_CANDLES) {
      candles.add(values.get(level));
    }
    return new Retention(
        values.get(Settings.RETENTION_TRADES), values.get(Settings.RETENTION_QUOTES), candles);
  }

  private static Map<String, String> merged(Map<String, String> environment)
      throws InvalidException {
    Map<String, String> merged = new LinkedHashMap<>();
    String file = environment.get(Settings.CONFIG_FILE.name());
    if (file != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(Path.of(file))) {
        properties.load(reader);
        FileModes.warnOfReadable(Path.of(file), "the configuration, the database's password too");
      } catch (IOException | IllegalArgumentException e) {
        throw new InvalidException(Settings.CONFIG_FILE.name() + " cannot be read: " + e);
      }
      properties.forEach((key, value) -> merged.put(key.toString(), value.toString().strip()));
    }
    environment.forEach(
        (key, value) -> {
          // CANDLEWICK_TEST_* belongs to the tests.
          if (key.startsWith("CANDLEWICK_") && !key.startsWith("CANDLEWICK_TEST_")) {
            merged.put(key, value);
          }
        });
    return merged;
  }

  /** The values, with defaults filled in; every error names its key. */
  private record Values(Map<String, String> all) {
    static Values of(Map<String, String> all) throws InvalidException {
      TreeSet<String> unknown = new TreeSet<>(all.keySet());
      Settings.all().forEach(setting -> unknown.remove(setting.name()));
      if (!unknown.isEmpty()) {
        throw new InvalidException("unknown configuration: " + String.join(", ", unknown));
      }
      return new Values(all);
    }

    <T> Optional<T> optional(Setting<T> setting) throws InvalidException {
      String set = all.getOrDefault(setting.name(), "");
      String text = set.isEmpty() ? setting.byDefault() : set;
      try {
        return text.isEmpty() ? Optional.empty() : Optional.of(setting.parse().apply(text));
      } catch (IllegalArgumentException e) {
        throw new InvalidException(setting.name() + " " + e.getMessage());
      }
    }

    <T> T get(Setting<T> setting) throws InvalidException {
      return optional(setting)
          .orElseThrow(() -> new InvalidException(setting.name() + " is not set"));
    }

    void together(Setting<?> one, Setting<?> other) throws InvalidException {
      if (optional(one).isPresent() != optional(other).isPresent()) {
        throw new InvalidException(one.name() + " and " + other.name() + " go together");
      }
    }
  }
}
