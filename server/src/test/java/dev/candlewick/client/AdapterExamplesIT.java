package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.NodeClients;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapters of {@code ingest/examples} over a line that is cut, and killed in between. */
class AdapterExamplesIT {
  private static final Path EXAMPLES = Path.of("..", "ingest", "examples");
  private static final int MESSAGES = 3_000;
  private static final int ROWS = 5;

  @TempDir private static Path directory;

  private static Vertx vertx;
  private static TestDatabase database;
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    database = TestDatabase.empty();
    // Few on their way, or all would be there before the first cut.
    server = ServerProcess.on(database, "INFLIGHT_MESSAGES", "64");
  }

  @AfterAll
  static void stop() {
    server.close();
    vertx.close().await();
  }

  @Test
  void pythonLosesAndDoublesNothing() throws IOException, InterruptedException {
    String python = NodeClients.pythonWith("websockets");
    losesAndDoublesNothing("python", List.of(python, EXAMPLES.resolve("adapter.py").toString()));
  }

  @Test
  void javaScriptLosesAndDoublesNothing() throws IOException, InterruptedException {
    Path script = NodeClients.install().resolve("adapter.js");
    Files.copy(EXAMPLES.resolve("adapter.js"), script, StandardCopyOption.REPLACE_EXISTING);
    losesAndDoublesNothing("javascript", List.of("node", script.toString()));
  }

  private static void losesAndDoublesNothing(String stream, List<String> command)
      throws IOException, InterruptedException {
    CuttableLine line = new CuttableLine(vertx, server.url().getPort());
    String url = "ws://127.0.0.1:" + line.listen().await() + "/v1/ingest";
    Adapter adapter = new Adapter(command, url, stream);
    for (int cut = 1; cut <= 2; cut++) {
      adapter.awaitCommitted(cut, cut * 300);
      line.cut();
    }
    adapter.awaitCommitted(3, 1_000);
    adapter.kill();
    Adapter again = new Adapter(command, url, stream);
    again.awaitEnd();

    JsonObject state = server.json("/v1/streams/" + stream);
    assertThat(state.getInteger("epoch")).as("connections").isEqualTo(4);
    String stored =
        "select count(*) || ' ' || count(distinct price) from market.trades"
            + " join market.instruments i on i.id = instrument_id where symbol = '%s'";
    assertThat(database.text(stored.formatted(stream)))
        .isEqualTo("%1$d %1$d".formatted(MESSAGES * ROWS));
  }

  /** A run of an example; its rows have no ids, so that a row sent as another message is seen. */
  private static final class Adapter {
    private final String stream;
    private final Process process;
    private final Path output;

    Adapter(List<String> command, String url, String stream) throws IOException {
      this.stream = stream;
      Path input = directory.resolve(stream + ".ndjson");
      Files.write(input, IntStream.range(0, MESSAGES).mapToObj(n -> message(stream, n)).toList());
      output = Files.createTempFile(directory, stream, ".txt");
      ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
      builder.command().addAll(List.of(url, stream));
      process =
          builder
              .redirectInput(input.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    }

    private static String message(String symbol, int number) {
      long ts = System.currentTimeMillis() / 60_000 * 60_000 - 3_600_000;
      return IntStream.range(number * ROWS, (number + 1) * ROWS)
          .mapToObj("{\"ts\":%d,\"price\":%%d,\"size\":1}".formatted(ts)::formatted)
          .collect(
              Collectors.joining(
                  ",",
                  "{\"t\":\"trades\",\"venue\":\"x\",\"symbol\":\"%s\",\"rows\":["
                      .formatted(symbol),
                  "]}"));
    }

    /** By so many connections: what the one before had sent may be committed after it was cut. */
    void awaitCommitted(int connections, long seq) {
      String committed =
          "select coalesce(max(committed_seq), 0) from ingest.streams where stream = '%s' and epoch >= %d"
              .formatted(stream, connections);
      ServerProcess.await(
          stream + " at " + seq,
          Duration.ofSeconds(20),
          () -> database.number(committed) >= seq || !process.isAlive());
      assertThat(process.isAlive()).as("%s", told()).isTrue();
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    void awaitEnd() throws InterruptedException {
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      process.destroyForcibly().waitFor();
      assertThat(ended).as("ended: %s", told()).isTrue();
      assertThat(process.exitValue()).as("%s", told()).isZero();
    }

    private String told() {
      try {
        return Files.readString(output);
      } catch (IOException e) {
        return e.toString();
      }
    }
  }
}
