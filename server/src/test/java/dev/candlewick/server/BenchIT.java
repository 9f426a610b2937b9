package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bench command in small. The limits are far from what is reached on a quiet machine: they
 * catch what became several times slower, not what became a little slower.
 */
class BenchIT {
  /** The best of a few runs counts: beside other work COPY has a core and the server has none. */
  private static final int RUNS = 3;

  @TempDir private Path folder;

  @Test
  void costsLittleOverTheDatabase() throws IOException, InterruptedException {
    String failed = "";
    for (int run = 0; run < RUNS; run++) {
      failed = tooSlow(bench());
      if (failed.isEmpty()) {
        return;
      }
    }
    fail(failed);
  }

  /** What is beyond its limit; empty if nothing is. */
  private static String tooSlow(JsonArray figures) {
    double ingest = ratio(figures, "WebSocket, 4 streams, 1,000 rows a message");
    double range = ratio(figures, "range of 1,000 of 1m, p50");
    double delay =
        figure(figures, "trade to subscriber at 10,000 trades/s, p50").getDouble("median");
    return ingest > 0.3 && range < 10 && delay < 1000
        ? ""
        : "ingest %.2f of COPY, range %.1f times SQL, a trade to a subscriber %.0f ms"
            .formatted(ingest, range, delay);
  }

  private JsonArray bench() throws IOException, InterruptedException {
    Path json = folder.resolve("bench.json");
    Path log = folder.resolve("bench.log");
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("candlewick.jar", "target/candlewick.jar"),
                "bench",
                "--quick",
                "--only=INGEST,QUERIES,LATENCY",
                "--json=" + json)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    command.environment().put("CANDLEWICK_DB_URL", TestDatabase.shared().url());
    Process bench = command.start();
    assertThat(bench.waitFor(5, TimeUnit.MINUTES)).as("in time").isTrue();
    assertThat(bench.exitValue()).as(Files.readString(log)).isZero();
    return new JsonObject(Files.readString(json)).getJsonArray("figures");
  }

  private static double ratio(JsonArray figures, String name) {
    return figure(figures, name).getDouble("ratio");
  }

  private static JsonObject figure(JsonArray figures, String name) {
    return figures.stream()
        .map(JsonObject.class::cast)
        .filter(figure -> figure.getString("name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no figure " + name + " in " + figures));
  }
}
