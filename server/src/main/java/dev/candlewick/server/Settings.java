package dev.candlewick.server;

import dev.candlewick.net.Problem;
import dev.candlewick.record.Retention;
import dev.candlewick.server.topic.TopicConfig;
import dev.candlewick.server.web.Params;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Every configuration key, as the README lists them. */
final class Settings {
  private static final List<Setting<?>> ALL = new ArrayList<>();
  private static final String NONE = "none";
  private static final String UNSET = "";
  private static final String AUTO = "auto";
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  static final Setting<DatabaseUrl> DB_URL =
      setting(
          "DB_URL",
          UNSET,
          url -> DatabaseUrl.parse(url).toWrite(),
          "postgresql://user:password@host:port/database of the primary");
  static final Setting<DatabaseUrl> DB_READ_URL =
      setting(
          "DB_READ_URL", UNSET, DatabaseUrl::parse, "a replica for reads; default: the primary");
  static final Setting<Integer> DB_READ_POOL =
      byProcessors(
          "DB_READ_POOL",
          within(8, 32, PROCESSORS),
          200,
          "connections for reads, 1-200; auto = number of processors, 8-32");
  static final Setting<Integer> DB_READ_QUEUE =
      whole("DB_READ_QUEUE", 256, 1, 10_000, "most reads that may wait for a connection");
  static final Setting<Long> MEMORY_BYTES =
      wide("MEMORY_BYTES", 64L << 20, 0, 1L << 40, "bytes of rows cached in memory, 0 = none");
  static final Setting<String> HTTP_HOST =
      text("HTTP_HOST", UNSET, "address to listen on; 127.0.0.1, or 0.0.0.0 with API keys");
  static final Setting<Integer> HTTP_PORT =
      whole("HTTP_PORT", 8080, 0, 65_535, "port to listen on, 0 = a free one");
  static final Setting<Path> API_KEYS_FILE =
      path("API_KEYS_FILE", "API keys; without it the server listens on loopback only");
  static final Setting<String> BINANCE_VENUE =
      setting("BINANCE_VENUE", "binance", Settings::venue, "the venue that /api/v3 serves");
  static final Setting<Path> TLS_CERT =
      path("TLS_CERT", "certificate chain, PEM: HTTPS instead of HTTP");
  static final Setting<Path> TLS_KEY = path("TLS_KEY", "its private key, PEM (PKCS 8)");
  static final Setting<Set<String>> ALLOWED_ORIGINS =
      setting(
          "ALLOWED_ORIGINS",
          NONE,
          Settings::origins,
          "web origins whose pages may open WebSockets and write");
  static final Setting<Integer> HTTP_CONNECTIONS =
      whole("HTTP_CONNECTIONS", 4_096, 1, 1_000_000, "most open client connections");
  static final Setting<Integer> HTTP_CONNECTIONS_PER_ADDRESS =
      whole(
          "HTTP_CONNECTIONS_PER_ADDRESS",
          512,
          1,
          1_000_000,
          "most open connections from one client address");
  static final Setting<Integer> KEY_SOCKETS =
      whole("KEY_SOCKETS", 256, 1, 1_000_000, "most open WebSockets of one API key");
  static final Setting<Boolean> MIGRATE =
      either(
          "MIGRATE",
          "auto",
          "auto",
          "off",
          "off = serve only a database already migrated to this version");
  static final Setting<Boolean> DURABILITY =
      either(
          "DURABILITY",
          "any",
          "strict",
          "any",
          "strict = accept no data unless COMMIT means on disk");
  static final Setting<Integer> INGEST_LANES =
      byProcessors(
          "INGEST_LANES",
          within(2, 8, PROCESSORS / 2),
          64,
          "writer threads, 1-64; auto = half the processors, 2-8");
  static final Setting<Integer> BATCH_ROWS =
      whole("BATCH_ROWS", 20_000, 1, 100_000, "rows at which a batch closes");
  static final Setting<Integer> BATCH_BYTES =
      whole("BATCH_BYTES", 4 << 20, 1_024, 64 << 20, "bytes of messages at which a batch closes");
  static final Setting<Duration> BATCH_AGE =
      setting("BATCH_AGE", "20ms", Settings::duration, "longest time a batch waits for more rows");
  static final Setting<Integer> BUDGET_BYTES =
      whole(
          "BUDGET_BYTES",
          64 << 20,
          1 << 20,
          999_999_999,
          "bytes of messages in memory at which intake pauses");
  static final Setting<Integer> KEY_BUDGET_BYTES =
      whole(
          "KEY_BUDGET_BYTES",
          16 << 20,
          1 << 20,
          999_999_999,
          "most bytes of one API key's messages in memory");
  static final Setting<Integer> MESSAGE_BYTES =
      whole("MESSAGE_BYTES", 262_144, 1_024, 16 << 20, "most bytes in a WebSocket message");
  static final Setting<Integer> MESSAGE_ROWS =
      whole("MESSAGE_ROWS", 5_000, 1, 100_000, "most rows in a WebSocket message");
  static final Setting<Integer> INFLIGHT_MESSAGES =
      whole("INFLIGHT_MESSAGES", 2_000, 1, 10_000, "most unacked messages of a WebSocket");
  static final Setting<Integer> INFLIGHT_BYTES =
      whole("INFLIGHT_BYTES", 4 << 20, 1_024, 64 << 20, "most unacked bytes of a WebSocket");
  static final Setting<Integer> BODY_BYTES =
      whole("BODY_BYTES", 16 << 20, 1_024, 256 << 20, "most bytes in a REST body, decompressed");
  static final Setting<Path> SPOOL_DIR =
      path("SPOOL_DIR", "a dedicated directory for messages while the database is unavailable");
  static final Setting<Long> SPOOL_BYTES =
      wide(
          "SPOOL_BYTES", 8L << 30, 1L << 20, 1L << 50, "bytes in the spool at which intake pauses");
  static final Setting<Long> SPOOL_FREE_BYTES =
      wide("SPOOL_FREE_BYTES", 1L << 30, 0, 1L << 50, "bytes to leave free on that disk");
  static final Setting<String> KAFKA_BOOTSTRAP =
      text("KAFKA_BOOTSTRAP", UNSET, "Kafka brokers to read messages from: host:port,...");
  static final Setting<String> KAFKA_TOPICS =
      setting(
          "KAFKA_TOPICS",
          UNSET,
          Settings::topics,
          "topics separated by commas, or a regular expression");
  static final Setting<String> KAFKA_GROUP =
      text("KAFKA_GROUP", "candlewick", "consumer group shared by all instances");
  static final Setting<String> KAFKA_CANDLES_TOPIC =
      setting(
          "KAFKA_CANDLES_TOPIC",
          UNSET,
          TopicConfig::name,
          "a topic to publish closed and amended candles to");
  static final Setting<Path> KAFKA_PROPERTIES =
      path("KAFKA_PROPERTIES", "a properties file for the Kafka clients: TLS, SASL");
  static final Setting<Duration> RETENTION_TRADES =
      retention("TRADES", "7d", "trades are kept: 7d, P7D or none");
  static final Setting<Duration> RETENTION_QUOTES = retention("QUOTES", "7d", "quotes are kept");

  /** By timeframe, finest first. */
  static final List<Setting<Duration>> RETENTION_CANDLES =
      List.of(
          retention("CANDLES_1M", "90d", "1m candles are kept"),
          retention("CANDLES_5M", "365d", "5m candles are kept"),
          retention("CANDLES_15M", "365d", "15m candles are kept"),
          retention("CANDLES_1H", "1825d", "1h candles are kept"),
          retention("CANDLES_4H", "1825d", "4h candles are kept"),
          retention("CANDLES_1D", NONE, "1d candles are kept"));

  static final Setting<String> ARCHIVE_DIR =
      text(
          "ARCHIVE_DIR",
          UNSET,
          "folder where rows are archived before retention drops them; none = stop archiving");
  static final Setting<Path> CONFIG_FILE =
      path("CONFIG_FILE", "a properties file with these keys; the environment takes precedence");
  static final Setting<String> LOG_FORMAT = text("LOG_FORMAT", "text", "text or json");
  static final Setting<Path> CACHE_DIR = path("CACHE_DIR", "where demo keeps its database");
  static final Setting<String> API_KEY =
      text("API_KEY", UNSET, "import, export, replay: the API key to send");

  private Settings() {}

  /** All of them, in the order of the documentation. */
  static List<Setting<?>> all() {
    return List.copyOf(ALL);
  }

  private static <T> Setting<T> setting(
      String name, String byDefault, Function<String, T> parse, String meaning) {
    Setting<T> setting = new Setting<>("CANDLEWICK_" + name, byDefault, meaning, parse);
    ALL.add(setting);
    return setting;
  }

  private static Setting<String> text(String name, String byDefault, String meaning) {
    return setting(name, byDefault, Function.identity(), meaning);
  }

  private static Setting<Path> path(String name, String meaning) {
    return setting(name, UNSET, Path::of, meaning);
  }

  private static Setting<Integer> whole(
      String name, int byDefault, int least, int most, String meaning) {
    return setting(
        name,
        Integer.toString(byDefault),
        text -> Math.toIntExact(number(text, least, most)),
        meaning + ", " + least + "-" + most);
  }

  private static Setting<Long> wide(
      String name, long byDefault, long least, long most, String meaning) {
    return setting(
        name,
        Long.toString(byDefault),
        text -> number(text, least, most),
        meaning + ", " + least + "-" + most);
  }

  /** From 1 to {@code most}, or {@code auto}. */
  private static Setting<Integer> byProcessors(String name, int auto, int most, String meaning) {
    return setting(
        name,
        AUTO,
        text -> text.equals(AUTO) ? auto : Math.toIntExact(number(text, 1, most)),
        meaning);
  }

  private static int within(int least, int most, int number) {
    return Math.max(least, Math.min(most, number));
  }

  private static long number(String text, long least, long most) {
    long number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    if (number < least || number > most) {
      throw new IllegalArgumentException("must be a whole number from " + least + " to " + most);
    }
    return number;
  }

  /** True for one word, false for the other. */
  private static Setting<Boolean> either(
      String name, String byDefault, String yes, String no, String meaning) {
    return setting(
        name,
        byDefault,
        text -> {
          if (!text.equals(yes) && !text.equals(no)) {
            throw new IllegalArgumentException("must be " + yes + " or " + no);
          }
          return text.equals(yes);
        },
        meaning);
  }

  private static Setting<Duration> retention(String level, String byDefault, String kept) {
    return setting("RETENTION_" + level, byDefault, Settings::retention, "how long " + kept);
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

  private static String topics(String text) {
    try {
      Pattern.compile(text);
      return text;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "must be topics separated by commas, or a regular expression", e);
    }
  }

  private static String venue(String text) {
    try {
      return Params.venue(text);
    } catch (Problem refused) {
      throw new IllegalArgumentException("is not a valid venue", refused);
    }
  }

  private static Duration retention(String text) {
    return text.equals("none")
        ? Retention.FOR_EVER
        : atLeastADay(duration(text, "7d or P7D, or none"));
  }

  private static Duration atLeastADay(Duration keep) {
    if (keep.toDays() < 1 || keep.toDays() > 36_500) {
      throw new IllegalArgumentException("must be from 1d to 36500d, or none");
    }
    return keep;
  }

  /** {@code 20ms}, {@code 5s}, {@code 10m}, {@code 24h}, {@code 7d}, or ISO 8601. */
  private static Duration duration(String text) {
    return duration(text, "20ms, 5s, 7d or P7D");
  }

  private static Duration duration(String text, String examples) {
    if (!text.matches("[0-9]{1,9}(ms|s|m|h|d)")) {
      try {
        return Duration.parse(text);
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("must be like " + examples, e);
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
}
