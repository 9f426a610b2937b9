package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.FakeIngestServer.Outage;
import dev.candlewick.server.NodeClients;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapters of {@code ingest/examples} through whatever a server may answer. */
class AdapterOutagesIT {
  private static final Path EXAMPLES = Path.of("..", "ingest", "examples");
  private static final int MESSAGES = 200;

  @TempDir private static Path directory;
  private final FakeIngestServer server = new FakeIngestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private static List<String> python() {
    return List.of(NodeClients.pythonWith("websockets"), EXAMPLES.resolve("adapter.py").toString());
  }

  private static List<String> node() throws IOException {
    Path script = NodeClients.install().resolve("adapter.js");
    Files.copy(EXAMPLES.resolve("adapter.js"), script, StandardCopyOption.REPLACE_EXISTING);
    return List.of("node", script.toString());
  }

  @Test
  void pythonOutlivesEveryOutage() throws Exception {
    outlivesEveryOutage(python());
  }

  @Test
  void javaScriptOutlivesEveryOutage() throws Exception {
    outlivesEveryOutage(node());
  }

  @Test
  void pythonEndsWhereAnotherHasTheStream() throws Exception {
    endsWhereAnotherHasTheStream(python());
  }

  @Test
  void javaScriptEndsWhereAnotherHasTheStream() throws Exception {
    endsWhereAnotherHasTheStream(node());
  }

  private static void say(ServerWebSocket socket, String text) {
    socket.writeTextMessage(text);
  }

  private void outlivesEveryOutage(List<String> command) throws Exception {
    server.inflightMessages = 10;
    server.busyBeforeWelcome = true;
    server.outages.add(Outage.refusing(503));
    server.outages.add(Outage.refusing(429));
    server.outages.add(
        Outage.atHello(
            socket -> {
              say(socket, "{\"t\":\"error\",\"code\":\"unavailable\",\"detail\":\"away\"}");
              socket.close((short) 1013, "unavailable");
            }));
    server.outages.add(
        Outage.atHello(
            socket -> {
              say(socket, "{\"t\":\"busy\",\"retry_ms\":100}");
              socket.close((short) 1013, "unavailable");
            }));
    server.outages.add(
        Outage.atHello(
            socket -> {
              say(socket, "{\"t\":\"drain\"}");
              socket.close((short) 1001, "server stops");
            }));
    server.outages.add(Outage.atHello(socket -> socket.close((short) 1011, "")));
    server.outages.add(Outage.atHello(socket -> server.cut()));
    server.loses = 20;
    server.cutsAfter = 70;
    Process adapter = run(command);
    FakeIngestServer.until(() -> server.committed() >= 5 || !adapter.isAlive());
    server.say(new io.vertx.core.json.JsonObject("{\"t\":\"busy\",\"retry_ms\":10}"));
    server.say(new io.vertx.core.json.JsonObject("{\"t\":\"new_in_a_later_version\"}"));
    server.setBack(3);
    assertThat(adapter.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
    assertThat(adapter.exitValue()).as("%s", said(adapter)).isZero();
    assertThat(server.committed()).isEqualTo(MESSAGES);
    assertThat(server.violations).isEmpty();
  }

  private void endsWhereAnotherHasTheStream(List<String> command) throws Exception {
    server.outages.add(Outage.atHello(socket -> socket.close((short) 4409, "fenced")));
    Process adapter = run(command);
    assertThat(adapter.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
    assertThat(adapter.exitValue()).isNotZero();
    assertThat(said(adapter)).contains("another adapter has taken the stream over");
    assertThat(server.hellos).hasSize(1);
  }

  private Path output = Path.of("");

  private Process run(List<String> command) throws IOException {
    Path input = directory.resolve("messages.ndjson");
    Files.write(
        input,
        IntStream.range(0, MESSAGES)
            .mapToObj(
                n ->
                    "{\"t\":\"trades\",\"venue\":\"x\",\"symbol\":\"Y\",\"rows\":[{\"ts\":"
                        + n
                        + ",\"price\":1,\"size\":1}]}")
            .toList());
    output = Files.createTempFile(directory, "said", ".txt");
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(server.uri().toString(), "feed-7"));
    return new ProcessBuilder(whole)
        .redirectInput(input.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private String said(Process adapter) throws IOException {
    adapter.destroyForcibly();
    return Files.readString(output);
  }
}
