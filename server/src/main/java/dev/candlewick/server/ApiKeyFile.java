package dev.candlewick.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that {@code CANDLEWICK_API_KEYS_FILE} points to, one key per line: {@code <id> <scopes>
 * <SHA-256 of the key, hex> [limits]}, for example {@code 7 ingest,read 9f86d0... rows/s=5000};
 * {@code #} starts a comment. Ids are whole numbers from 1; streams belong to the id, so keep it
 * when a key is renewed: two lines may have the same id while both keys are in use. Limits are
 * {@code rows/s}, {@code bytes/s} (of messages and decompressed bodies) and {@code sockets} (open
 * at a time), whole numbers from 1 to 999999999999. {@code bot=alpha,beta} confines the key to
 * records of these bots.
 */
record ApiKeyFile(List<Key> keys) {
  static final ApiKeyFile NONE = new ApiKeyFile(List.of());

  private static final String BOT = "bot=";
  private static final Set<String> SCOPES = Set.of("ingest", "read", "admin");
  private static final Pattern LIMIT =
      Pattern.compile("(rows/s|bytes/s|sockets)=([1-9][0-9]{0,11})");

  /**
   * One line.
   *
   * @param sha256 lower case hex
   * @param limits by name; anything absent is not limited by the file
   * @param bots whose records it may write and read; empty = everyone's
   */
  record Key(
      int id, Set<String> scopes, String sha256, Map<String, Long> limits, Set<String> bots) {
    /** The limit with this name; 0 if there is none. */
    long limit(String name) {
      return limits.getOrDefault(name, 0L);
    }
  }

  /**
   * Reads the file.
   *
   * @throws ServerException if it cannot be read, others may write it, or a line is not a key
   */
  static ApiKeyFile read(Path file) throws ServerException {
    List<Key> keys = new ArrayList<>();
    try {
      FileModes.refuseWritable(file);
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        String entry = line.replaceFirst("#.*", "").strip();
        if (!entry.isEmpty()) {
          keys.add(key(entry, file, number));
        }
      }
    } catch (IOException e) {
      throw new ServerException("CANDLEWICK_API_KEYS_FILE cannot be read: " + e);
    }
    return new ApiKeyFile(List.copyOf(keys));
  }

  private static Key key(String entry, Path file, int line) throws ServerException {
    String[] parts = entry.split("\\s+");
    if (parts.length < 3
        || !parts[0].matches("[1-9][0-9]{0,8}")
        || !SCOPES.containsAll(List.of(parts[1].split(",")))
        || !parts[2].matches("(?i)[0-9a-f]{64}")) {
      throw new ServerException(
          ("line %d of %s is not: id scopes sha256 [limits]; id is a whole number from 1,"
                  + " scopes some of ingest,read,admin, sha256 64 hex digits")
              .formatted(line, file));
    }
    return new Key(
        Integer.parseInt(parts[0]),
        Set.copyOf(List.of(parts[1].split(","))),
        parts[2].toLowerCase(Locale.ROOT),
        limits(parts, file, line),
        bots(parts, file, line));
  }

  private static Set<String> bots(String[] parts, Path file, int line) throws ServerException {
    Set<String> bots = Set.of();
    for (int i = 3; i < parts.length; i++) {
      if (parts[i].startsWith(BOT)) {
        List<String> names = List.of(parts[i].substring(BOT.length()).split(",", -1));
        if (!bots.isEmpty() || names.contains("")) {
          throw new ServerException(
              "line %d of %s: bots are given once, as bot=alpha,beta".formatted(line, file));
        }
        bots = Set.copyOf(new HashSet<>(names));
      }
    }
    return bots;
  }

  private static Map<String, Long> limits(String[] parts, Path file, int line)
      throws ServerException {
    Map<String, Long> limits = new HashMap<>();
    for (int i = 3; i < parts.length; i++) {
      if (parts[i].startsWith(BOT)) {
        continue;
      }
      Matcher limit = LIMIT.matcher(parts[i]);
      if (!limit.matches() || limits.put(limit.group(1), Long.valueOf(limit.group(2))) != null) {
        throw new ServerException(
            "line %d of %s: a limit is rows/s=N, bytes/s=N or sockets=N, each at most once"
                .formatted(line, file));
      }
    }
    return Map.copyOf(limits);
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  int size() {
    return keys.size();
  }

  boolean holds(Key key) {
    return keys.contains(key);
  }

  /** Compares with every key, so that timing reveals nothing. */
  Optional<Key> find(String offered) {
    byte[] sha256 = sha256(offered);
    Key found = null;
    for (Key key : keys) {
      if (MessageDigest.isEqual(HexFormat.of().parseHex(key.sha256()), sha256)) {
        found = key;
      }
    }
    return Optional.ofNullable(found);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
