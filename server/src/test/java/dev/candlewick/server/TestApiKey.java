package dev.candlewick.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file for CANDLEWICK_API_KEYS_FILE. */
public final class TestApiKey {
  private TestApiKey() {}

  /** With one key, of these scopes. */
  public static Path of(String key, String scopes) {
    try {
      Path file = Files.createTempFile("api-keys", ".txt");
      file.toFile().deleteOnExit();
      return Files.writeString(file, line(1, key, scopes) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its line for one key; limits may follow. */
  static String line(int id, String key, String scopes) {
    try {
      byte[] sha256 =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return id + " " + scopes + " " + HexFormat.of().formatHex(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
