package dev.candlewick.server;

import dev.candlewick.ingest.IngestConfig;
import dev.candlewick.ingest.kafka.KafkaConfig;
import dev.candlewick.ingest.socket.Limits;
import dev.candlewick.ingest.spool.SpoolConfig;
import dev.candlewick.net.Problem;
import dev.candlewick.record.Retention;
import dev.candlewick.server.topic.TopicConfig;
import dev.candlewick.server.web.Params;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration: every key with its default, read once at the start from the environment
 * and, below it, from the file that {@code CANDLEWICK_CONFIG_FILE} names. An unknown key stops the
 * start.
 */
record ServerConfig(
    DatabaseUrl database,
    DatabaseUrl readDatabase,
    int readPool,
    int readQueue,
    boolean migrates,
    HttpConfig http,
    @Nullable Path apiKeysFile,
    String binanceVenue,
    IngestConfig ingest,
    @Nullable TopicConfig candleTopic) {

  private static final String PREFIX = "CANDLEWICK_";

  /**
   * Every key, its default ("" = none), and what it is, in the order in which they are documented.
   */
  static final Map<String, String[]> KEYS = keys();

  private static Map<String, String[]> keys() {
    Map<String, String[]> keys = new LinkedHashMap<>();
    keys.put("DB_URL", key("", "postgresql://user:password@host:port/database of the primary"));
    keys.put("DB_READ_URL", key("", "a replica for reads; the primary where none is named"));
    keys.put("DB_READ_POOL", key("8", "connections for reads, 1-200"));
    keys.put("DB_READ_QUEUE", key("256", "reads that may wait for a connection, 1-10000"));
    keys.put("HTTP_HOST", key("", "address to listen on; 127.0.0.1, or 0.0.0.0 with API keys"));
    keys.put("HTTP_PORT", key("8080", "port to listen on, 0 = a free one"));
    keys.put("API_KEYS_FILE", key("", "API keys; without it the server listens on loopback only"));
    keys.put("BINANCE_VENUE", key("binance", "the venue that /api/v3 tells of"));
    keys.put("TLS_CERT", key("", "certificate chain, PEM: HTTPS instead of HTTP"));
    keys.put("TLS_KEY", key("", "its private key, PEM (PKCS 8)"));
    keys.put("ALLOWED_ORIGINS", key("none", "web origins whose pages may open sockets and write"));
    keys.put("HTTP_CONNECTIONS", key("4096", "open client connections at most"));
    keys.put("HTTP_CONNECTIONS_PER_ADDRESS", key("512", "of one client address at most"));
    keys.put("KEY_SOCKETS", key("256", "open WebSockets of one API key at most"));
    keys.put("MIGRATE", key("auto", "off = serve only a database that migrate has brought here"));
    keys.put("DURABILITY", key("any", "strict = take no data where COMMIT is not on disk"));
    keys.put("INGEST_LANES", key("2", "writer threads, 1-64"));
    keys.put("BATCH_ROWS", key("20000", "rows at which a batch closes, 1-100000"));
    keys.put("BATCH_BYTES", key("4194304", "bytes of messages at which a batch closes"));
    keys.put("BATCH_AGE", key("20ms", "how long a batch waits for more rows at most"));
    keys.put("BUDGET_BYTES", key("67108864", "bytes of messages in memory at which intake pauses"));
    keys.put("KEY_BUDGET_BYTES", key("16777216", "of one API key's messages"));
    keys.put("MESSAGE_BYTES", key("262144", "size of a WebSocket message"));
    keys.put("MESSAGE_ROWS", key("5000", "rows of a WebSocket message"));
    keys.put("INFLIGHT_MESSAGES", key("64", "messages of a WebSocket sent and not acked"));
    keys.put("INFLIGHT_BYTES", key("4194304", "bytes of a WebSocket sent and not acked"));
    keys.put("BODY_BYTES", key("16777216", "size of a REST body, inflated"));
    keys.put(
        "SPOOL_DIR", key("", "own directory for messages while the database is away; or none"));
    keys.put("SPOOL_BYTES", key("8589934592", "size of the files there at which intake pauses"));
    keys.put("SPOOL_FREE_BYTES", key("1073741824", "bytes left free on that disk"));
    keys.put("KAFKA_BOOTSTRAP", key("", "host:port,... of Kafka brokers to read messages from"));
    keys.put("KAFKA_TOPICS", key("", "topics parted by commas, or a regular expression"));
    keys.put("KAFKA_GROUP", key("candlewick", "consumer group of all instances"));
    keys.put("KAFKA_CANDLES_TOPIC", key("", "a topic to tell closed and amended candles to"));
    keys.put("KAFKA_PROPERTIES", key("", "a file of the Kafka client's settings: TLS, SASL"));
    keys.put("RETENTION_TRADES", key("7d", "how long trades are kept: 7d, P7D or none"));
    keys.put("RETENTION_QUOTES", key("7d", "how long quotes are kept"));
    keys.put("RETENTION_CANDLES_1M", key("90d", "how long 1m candles are kept"));
    keys.put("RETENTION_CANDLES_5M", key("365d", "how long 5m candles are kept"));
    keys.put("RETENTION_CANDLES_15M", key("365d", "how long 15m candles are kept"));
    keys.put("RETENTION_CANDLES_1H", key("1825d", "how long 1h candles are kept"));
    keys.put("RETENTION_CANDLES_4H", key("1825d", "how long 4h candles are kept"));
    keys.put("RETENTION_CANDLES_1D", key("none", "how long 1d candles are kept"));
    keys.put("CONFIG_FILE", key("", "a properties file with these keys; the environment wins"));
    keys.put("LOG_FORMAT", key("text", "text or json"));
    keys.put("CACHE_DIR", key("", "where demo keeps the database it makes"));
    keys.put("API_KEY", key("", "import, export, replay: the key to send"));
    return keys;
  }

  private static String[] key(String byDefault, String meaning) {
    return new String[] {byDefault, meaning};
  }

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

  /** From the process's environment; {@code defaults} where it does not say anything. */
  static ServerConfig fromEnvironment(Map<String, String> defaults) throws InvalidException {
    Map<String, String> environment = new LinkedHashMap<>(defaults);
    environment.putAll(System.getenv());
    return from(environment);
  }

  /** Whether the environment names a database. */
  static boolean namesDatabase() {
    return System.getenv(PREFIX + "DB_URL") != null;
  }

  /** The key that commands which are clients send. */
  static @Nullable String clientApiKey() {
    return System.getenv(PREFIX + "API_KEY");
  }

  static ServerConfig from(Map<String, String> environment) throws InvalidException {
    Values values = new Values(merged(environment));
    Values.known(values.all);
    DatabaseUrl primary = values.parsed("DB_URL", DatabaseUrl::parse);
    DatabaseUrl replica =
        values.optional("DB_READ_URL").isPresent()
            ? values.parsed("DB_READ_URL", DatabaseUrl::parse)
            : primary;
    return new ServerConfig(
        primary,
        replica,
        values.whole("DB_READ_POOL", 1, 200),
        values.whole("DB_READ_QUEUE", 1, 10_000),
        values.oneOf("MIGRATE", "auto", "off").equals("auto"),
        http(values),
        values.optional("API_KEYS_FILE").map(Path::of).orElse(null),
        values.parsed("BINANCE_VENUE", ServerConfig::venue),
        ingest(values, primary),
        candleTopic(values));
  }

  private static HttpConfig http(Values values) throws InvalidException {
    Optional<Path> certificate = values.optional("TLS_CERT").map(Path::of);
    Optional<Path> key = values.optional("TLS_KEY").map(Path::of);
    if (certificate.isPresent() != key.isPresent()) {
      throw new InvalidException(PREFIX + "TLS_CERT and " + PREFIX + "TLS_KEY go together");
    }
    return new HttpConfig(
        values.optional("HTTP_HOST").orElse(null),
        values.whole("HTTP_PORT", 0, 65_535),
        certificate.orElse(null),
        key.orElse(null),
        values.parsed("ALLOWED_ORIGINS", ServerConfig::origins),
        values.whole("HTTP_CONNECTIONS", 1, 1_000_000),
        values.whole("HTTP_CONNECTIONS_PER_ADDRESS", 1, 1_000_000),
        values.whole("KEY_SOCKETS", 1, 1_000_000));
  }

  private static Set<String> origins(String text) {
    Set<String> origins = new TreeSet<>();
    for (String origin : text.equals("none") ? new String[0] : text.split(",")) {
      if (!origin.strip().matches("(?i)https?://[a-z0-9.:\\[\\]-]+")) {
        throw new IllegalArgumentException("must be like https://charts.example.com,..., or none");
      }
      origins.add(origin.strip().toLowerCase(Locale.ROOT));
    }
    return Set.copyOf(origins);
  }

  private static IngestConfig ingest(Values values, DatabaseUrl primary) throws InvalidException {
    String durability = values.oneOf("DURABILITY", "any", "strict");
    return new IngestConfig(
        new IngestConfig.Database(primary.jdbcUrl(), primary.user(), primary.password()),
        values.whole("INGEST_LANES", 1, 64),
        values.whole("BATCH_ROWS", 1, 100_000),
        values.whole("BATCH_BYTES", 1_024, 67_108_864),
        values.parsed("BATCH_AGE", ServerConfig::duration),
        values.whole("BUDGET_BYTES", 1_048_576, 999_999_999),
        values.whole("KEY_BUDGET_BYTES", 1_048_576, 999_999_999),
        new Limits(
            values.whole("MESSAGE_BYTES", 1_024, 16_777_216),
            values.whole("MESSAGE_ROWS", 1, 100_000),
            values.whole("INFLIGHT_MESSAGES", 1, 10_000),
            values.whole("INFLIGHT_BYTES", 1_024, 67_108_864)),
        values.whole("BODY_BYTES", 1_024, 268_435_456),
        durability.equals("strict"),
        retention(values),
        spool(values),
        kafka(values));
  }

  private static @Nullable KafkaConfig kafka(Values values) throws InvalidException {
    Optional<String> bootstrap = values.optional("KAFKA_BOOTSTRAP");
    Optional<String> topics = values.optional("KAFKA_TOPICS");
    Optional<String> candles = values.optional("KAFKA_CANDLES_TOPIC");
    if (bootstrap.isPresent() != (topics.isPresent() || candles.isPresent())) {
      throw new InvalidException(
          PREFIX + "KAFKA_BOOTSTRAP goes with KAFKA_TOPICS, KAFKA_CANDLES_TOPIC or both");
    }
    if (bootstrap.isEmpty() || topics.isEmpty()) {
      return null;
    }
    return new KafkaConfig(
        bootstrap.get(),
        values.parsed("KAFKA_TOPICS", ServerConfig::topics),
        values.text("KAFKA_GROUP"),
        values.optional("KAFKA_PROPERTIES").map(Path::of).orElse(null));
  }

  private static @Nullable TopicConfig candleTopic(Values values) throws InvalidException {
    if (values.optional("KAFKA_CANDLES_TOPIC").isEmpty()) {
      return null;
    }
    String topic = values.parsed("KAFKA_CANDLES_TOPIC", TopicConfig::name);
    String in = values.optional("KAFKA_TOPICS").orElse("");
    if (List.of(in.split(",")).contains(topic) || Pattern.matches(in, topic)) {
      throw new InvalidException(
          PREFIX + "KAFKA_CANDLES_TOPIC must not be one of " + PREFIX + "KAFKA_TOPICS");
    }
    return new TopicConfig(
        values.text("KAFKA_BOOTSTRAP"),
        topic,
        values.text("KAFKA_GROUP"),
        values.optional("KAFKA_PROPERTIES").map(Path::of).orElse(null));
  }

  private static String topics(String text) {
    try {
      Pattern.compile(text);
      return text;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "must be topics parted by commas, or a regular expression", e);
    }
  }

  private static @Nullable SpoolConfig spool(Values values) throws InvalidException {
    Optional<Path> directory = values.optional("SPOOL_DIR").map(Path::of);
    long bytes = values.whole("SPOOL_BYTES", 1L << 20, 1L << 50);
    long freeBytes = values.whole("SPOOL_FREE_BYTES", 0L, 1L << 50);
    return directory.map(path -> new SpoolConfig(path, bytes, freeBytes)).orElse(null);
  }

  private static Retention retention(Values values) throws InvalidException {
    return new Retention(
        values.parsed("RETENTION_TRADES", ServerConfig::retention),
        values.parsed("RETENTION_QUOTES", ServerConfig::retention),
        List.of(
            values.parsed("RETENTION_CANDLES_1M", ServerConfig::retention),
            values.parsed("RETENTION_CANDLES_5M", ServerConfig::retention),
            values.parsed("RETENTION_CANDLES_15M", ServerConfig::retention),
            values.parsed("RETENTION_CANDLES_1H", ServerConfig::retention),
            values.parsed("RETENTION_CANDLES_4H", ServerConfig::retention),
            values.parsed("RETENTION_CANDLES_1D", ServerConfig::retention)));
  }

  private static Map<String, String> merged(Map<String, String> environment)
      throws InvalidException {
    Map<String, String> merged = new LinkedHashMap<>();
    String file = environment.get(PREFIX + "CONFIG_FILE");
    if (file != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(Path.of(file))) {
        properties.load(reader);
        FileModes.warnOfReadable(Path.of(file), "the configuration, the database's password too");
      } catch (IOException | IllegalArgumentException e) {
        throw new InvalidException(PREFIX + "CONFIG_FILE cannot be read: " + e);
      }
      properties.forEach((key, value) -> merged.put(key.toString(), value.toString().strip()));
    }
    environment.forEach(
        (key, value) -> {
          // CANDLEWICK_TEST_* belongs to the tests.
          if (key.startsWith(PREFIX) && !key.startsWith(PREFIX + "TEST_")) {
            merged.put(key, value);
          }
        });
    return merged;
  }

  private static String venue(String text) {
    try {
      return Params.venue(text);
    } catch (Problem refused) {
      throw new IllegalArgumentException("is no venue's name", refused);
    }
  }

  private static Duration retention(String text) {
    return text.equals("none") ? Retention.FOR_EVER : atLeastADay(duration(text));
  }

  private static Duration atLeastADay(Duration keep) {
    if (keep.toDays() < 1 || keep.toDays() > 36_500) {
      throw new IllegalArgumentException("must be from 1d to 36500d, or none");
    }
    return keep;
  }

  /** {@code 20ms}, {@code 5s}, {@code 10m}, {@code 24h}, {@code 7d}, or ISO 8601. */
  private static Duration duration(String text) {
    if (!text.matches("[0-9]{1,9}(ms|s|m|h|d)")) {
      try {
        return Duration.parse(text);
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("must be like 20ms, 5s, 7d or P7D", e);
      }
    }
    String unit = text.replaceAll("[0-9]", "");
    long n = Long.parseLong(text.replaceAll("[a-z]", ""));
    return switch (unit) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  /** The values by key, defaults filled in; every fault names its key. */
  private static final class Values {
    private final Map<String, String> all;

    Values(Map<String, String> all) {
      this.all = all;
    }

    static void known(Map<String, String> all) throws InvalidException {
      TreeSet<String> unknown = new TreeSet<>(all.keySet());
      unknown.removeIf(
          key -> key.startsWith(PREFIX) && KEYS.containsKey(key.substring(PREFIX.length())));
      if (!unknown.isEmpty()) {
        throw new InvalidException("unknown configuration: " + String.join(", ", unknown));
      }
    }

    Optional<String> optional(String name) {
      String value = all.get(PREFIX + name);
      String byDefault = KEYS.getOrDefault(name, key("", ""))[0];
      String either = value == null || value.isEmpty() ? byDefault : value;
      return either.isEmpty() ? Optional.empty() : Optional.of(either);
    }

    String text(String name) throws InvalidException {
      return optional(name).orElseThrow(() -> new InvalidException(PREFIX + name + " is not set"));
    }

    String oneOf(String name, String one, String other) throws InvalidException {
      String text = text(name);
      if (!text.equals(one) && !text.equals(other)) {
        throw new InvalidException(PREFIX + name + " must be " + one + " or " + other);
      }
      return text;
    }

    <T> T parsed(String name, Function<String, T> parse) throws InvalidException {
      String text = text(name);
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new InvalidException(PREFIX + name + " " + e.getMessage());
      }
    }

    int whole(String name, int least, int most) throws InvalidException {
      return Math.toIntExact(whole(name, (long) least, (long) most));
    }

    long whole(String name, long least, long most) throws InvalidException {
      String text = text(name);
      long number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
      if (number < least || number > most) {
        throw new InvalidException(
            PREFIX + name + " must be a whole number from " + least + " to " + most);
      }
      return number;
    }
  }
}
