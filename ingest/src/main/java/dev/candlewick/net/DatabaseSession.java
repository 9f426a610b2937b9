package dev.candlewick.net;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a database session must be set to for the server's SQL to mean what it says. A database,
 * role or server may have set any of these differently for other programs.
 */
public final class DatabaseSession {
  /** The settings that change what a statement, or its result, means. */
  public static final Map<String, String> SETTINGS =
      Map.ofEntries(
          // Absent values travel as nulls in arrays.
          Map.entry("array_nulls", "on"),
          Map.entry("bytea_output", "hex"),
          Map.entry("datestyle", "ISO, MDY"),
          Map.entry("default_transaction_deferrable", "off"),
          // Doubles are written so that they read back the same.
          Map.entry("extra_float_digits", "1"),
          Map.entry("intervalstyle", "postgres"),
          Map.entry("jit", "off"),
          // Relation names are compared as text.
          Map.entry("quote_all_identifiers", "off"),
          Map.entry("search_path", "public"),
          Map.entry("standard_conforming_strings", "on"),
          Map.entry("timezone", "UTC"),
          Map.entry("transform_null_equals", "off"));

  /**
   * How long a read may take: so long after it began, one that waits for its client is abandoned.
   */
  public static final Duration LONGEST_READ = Duration.ofSeconds(5);

  /** Seconds of silence until the other end of a line is asked whether it is there. */
  public static final int ALIVE_IDLE = 10;

  /** Seconds between such questions. */
  public static final int ALIVE_INTERVAL = 5;

  /** Unanswered questions after which it is gone. */
  public static final int ALIVE_COUNT = 2;

  /** The name of the sessions that read. */
  public static final String READS = "candlewick-read";

  /**
   * By these PostgreSQL finds out within 20 s that a client's line or machine is gone, whatever the
   * session is doing; without them after two hours, in which each such client takes up a session.
   */
  public static final Map<String, String> ALIVE =
      Map.of(
          "tcp_keepalives_count", String.valueOf(ALIVE_COUNT),
          "tcp_keepalives_idle", String.valueOf(ALIVE_IDLE),
          "tcp_keepalives_interval", String.valueOf(ALIVE_INTERVAL),
          "tcp_user_timeout", "20000");

  private DatabaseSession() {}

  /** All these settings plus {@code more}, as the startup parameter {@code options}. */
  public static String options(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(SETTINGS);
    all.putAll(ALIVE);
    all.putAll(more);
    return all.entrySet().stream()
        .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue().replace(" ", "\\ "))
        .collect(Collectors.joining(" "));
  }
}
