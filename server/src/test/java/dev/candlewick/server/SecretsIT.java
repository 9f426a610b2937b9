package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the packed server writes to its log, and how it ends. */
class SecretsIT {
  private static final String KEY = "very-secret-api-key";
  private static final String PASSWORD = "very-secret-password";

  @TempDir private Path directory;

  private Process serve(Map<String, String> settings, Path log) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            System.getProperty("candlewick.jar"),
            "serve");
    builder.environment().keySet().removeIf(key -> key.startsWith("CANDLEWICK_"));
    builder.environment().putAll(RunningServer.environment(settings));
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private static void awaitLine(Path log, String text) throws Exception {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.readString(log).contains(text)) {
      assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(giveUp);
      Thread.sleep(100);
    }
  }

  private static void send(int port, String request) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getInputStream().readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void logsNoSecret(String format) throws Exception {
    Path keys = directory.resolve("keys");
    Files.writeString(keys, "1 read,ingest " + "0".repeat(64) + "\n");
    DatabaseUrl real = DatabaseUrl.parse(TestDatabase.shared().url());
    Path log = Files.createFile(directory.resolve("log"));
    Map<String, String> settings =
        Map.of(
            "API_KEYS_FILE",
            keys.toString(),
            "HTTP_HOST",
            "127.0.0.1",
            "LOG_FORMAT",
            format,
            "DB_URL",
            "postgresql://nobody:%s@%s:%d/%s"
                .formatted(PASSWORD, real.host(), real.port(), real.database()));
    Process server = serve(settings, log);
    try {
      awaitLine(log, "Candlewick listens on http://127.0.0.1:");
      awaitLine(log, "waiting for the database");
      int port =
          Integer.parseInt(
              Files.readString(log)
                  .replaceFirst("(?s).*listens on http://127.0.0.1:(\\d+).*", "$1"));
      String end = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + KEY;
      send(port, "GET /v1/instruments" + end + "\r\n\r\n");
      send(port, "GET /v1/instruments?api_key=" + KEY + end + "\r\n\r\n");
      send(port, "GET /v1/candles?%zz" + end + "\r\n\r\n");
      send(port, "NONSENSE " + KEY + "\r\n\r\n");
      Thread.sleep(500);
    } finally {
      server.destroy();
      server.waitFor(30, TimeUnit.SECONDS);
    }
    assertThat(Files.readString(log))
        .hasSizeGreaterThan(100)
        .doesNotContain(KEY)
        .doesNotContain(PASSWORD)
        .doesNotContainIgnoringCase("authorization");
    if (format.equals("json")) {
      assertThat(Files.readAllLines(log))
          .filteredOn(line -> !line.startsWith("Candlewick listens on "))
          .isNotEmpty()
          .allSatisfy(
              line ->
                  assertThat(new JsonObject(line).getString("formattedMessage"))
                      .isNotEmpty()
                      .doesNotContain("{}"));
    }
  }

  @Test
  void warnsOfSecretsThatEverybodyMayRead() throws Exception {
    Path keys = Files.writeString(directory.resolve("keys"), "1 read " + "0".repeat(64) + "\n");
    Path closed = Files.writeString(directory.resolve("closed"), "1 read " + "0".repeat(64) + "\n");
    Path file = directory.resolve("candlewick.properties");
    Files.writeString(file, "CANDLEWICK_DB_URL=postgresql://u:" + PASSWORD + "@127.0.0.1:1/x\n");
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-r-----"));
    Map<String, String> settings = Map.of("HTTP_HOST", "127.0.0.1", "CONFIG_FILE", "" + file);
    assertThat(logOfAStart(settings, keys))
        .contains("everybody may read " + keys + " (rw-r--r--)")
        .contains("everybody may read " + file + " (rw-r--r--)")
        .doesNotContain(PASSWORD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(logOfAStart(settings, closed)).doesNotContain("everybody may");
  }

  private String logOfAStart(Map<String, String> settings, Path keys) throws Exception {
    Path log = Files.createFile(directory.resolve("log of " + keys.getFileName()));
    Map<String, String> all = new HashMap<>(settings);
    all.put("API_KEYS_FILE", keys.toString());
    Process server = serve(all, log);
    try {
      awaitLine(log, "Candlewick listens on http://127.0.0.1:");
    } finally {
      server.destroy();
      server.waitFor(30, TimeUnit.SECONDS);
    }
    return Files.readString(log);
  }

  @Test
  void endsWithTwoWhereEverybodyCouldWrite() throws Exception {
    Path log = Files.createFile(directory.resolve("log"));
    Process server = serve(Map.of("HTTP_HOST", "0.0.0.0"), log);
    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(2);
    assertThat(Files.readString(log)).contains("there are no API keys").doesNotContain("\tat ");
  }
}
